/**
 * On a phone each row of a table is a card: its cells carry the titles of their columns, which styles then
 * show. Watches all tables of the page, those of answers too.
 */
export function labelCells() {
  const label = (/** @type {Element} */ table) => {
    const titles = [...table.querySelectorAll('thead th')].map(({ textContent }) => textContent ?? '');
    for (const row of table.querySelectorAll('tbody tr')) {
      for (const [i, cell] of [...row.children].entries()) cell.setAttribute('data-title', titles[i] ?? '');
    }
  };
  new MutationObserver((changes) => {
    const tables = new Set(
      changes.flatMap(({ target, addedNodes }) => {
        const around = target instanceof Element ? target.closest('.scroll table') : null;
        if (around) return [around];
        return [...addedNodes].flatMap((node) =>
          node instanceof Element ? [...node.querySelectorAll('.scroll table')] : [],
        );
      }),
    );
    for (const table of tables) label(table);
  }).observe(document.body, { childList: true, subtree: true });
}
