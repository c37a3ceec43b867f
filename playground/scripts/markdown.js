import { copyButton } from './copy-button.js';
import { make } from './dom.js';

/**
 * Shows the Markdown of models. The library only parses: each of its tokens becomes an element here, and text
 * is only ever inserted as text. Markup in an answer is therefore shown, and never run; pictures of an answer
 * are links, because loading one would tell its server what the answer says.
 */

/** @typedef {import('../vendor/marked.js').Token} Token */
/** @typedef {import('../vendor/marked.js').Tokens.Generic} Generic */

/** @type {typeof import('../vendor/marked.js') | undefined} */
let library;
/** @type {Promise<void> | undefined} */
let loading;
/** Loads the parser: 16 KB, which only pages with an answer need. Without it answers stay plain text. */
export function loadMarkdown() {
  loading ??= import('../vendor/marked.js').then(
    (loaded) => {
      library = loaded;
    },
    () => {
      loading = undefined;
    },
  );
  return loading;
}

/**
 * Shows a text that grows. Only blocks that have changed are made again, so that a selection in the others
 * stays.
 *
 * @param {HTMLElement} place
 */
export function markdownView(place) {
  /** @type {{ raw: string, nodes: Node[] }[]} */
  let blocks = [];
  let isPlain = true;
  let latest = '';

  /** @param {string} text */
  function show(text) {
    if (!library) {
      place.textContent = text;
      return;
    }
    if (isPlain) place.replaceChildren();
    isPlain = false;
    const tokens = parsed(text, library.lexer);
    const kept = blocks.findIndex(({ raw }, i) => raw !== tokens[i]?.raw);
    const count = kept === -1 ? blocks.length : kept;
    for (const { nodes } of blocks.slice(count)) for (const node of nodes) node.parentNode?.removeChild(node);
    const added = tokens.slice(count).map((token) => ({ raw: token.raw, nodes: blockNodes(token) }));
    blocks = [...blocks.slice(0, count), ...added];
    place.append(...added.flatMap(({ nodes }) => nodes));
  }

  return {
    /** Shows a text at once, and as Markdown when the parser is there. @param {string} text */
    async show(text) {
      latest = text;
      show(text);
      if (library) return;
      await loadMarkdown();
      show(latest);
    },
  };
}

/**
 * @param {string} text
 * @param {typeof import('../vendor/marked.js').lexer} lexer
 * @returns {Token[]}
 */
function parsed(text, lexer) {
  try {
    return lexer(text, { gfm: true, breaks: true });
  } catch {
    // Nested so deep that the parser gives up.
    return [{ type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }];
  }
}

/** @param {Token} token @returns {Node[]} */
function blockNodes(token) {
  const { type, text = '', tokens = [], depth = 1 } = /** @type {Generic} */ (token);
  switch (type) {
    case 'space':
    case 'def':
      return [];
    case 'heading':
      // The page itself has headings down to h3.
      return [make(headingTag(depth), { dir: 'auto' }, ...inline(tokens))];
    case 'paragraph':
      return [make('p', { dir: 'auto' }, ...inline(tokens))];
    case 'text':
      return tokens.length > 0 ? inline(tokens) : [new Text(decoded(text))];
    case 'blockquote':
      return [make('blockquote', { dir: 'auto' }, ...tokens.flatMap(blockNodes))];
    case 'list':
      return [list(/** @type {import('../vendor/marked.js').Tokens.List} */ (token))];
    case 'code':
      return [code(/** @type {import('../vendor/marked.js').Tokens.Code} */ (token))];
    case 'table':
      return [table(/** @type {import('../vendor/marked.js').Tokens.Table} */ (token))];
    case 'hr':
      return [make('hr')];
    case 'html':
      return [make('p', { dir: 'auto' }, token.raw.trimEnd())];
    default:
      return inline([token]);
  }
}

/** @param {number} depth */
const headingTag = (depth) => /** @type {'h4' | 'h5' | 'h6'} */ (`h${Math.min(6, depth + 3)}`);

/** @param {import('../vendor/marked.js').Tokens.List} token */
function list({ ordered, start, items }) {
  const children = items.map(({ tokens }) => make('li', { dir: 'auto' }, ...tokens.flatMap(blockNodes)));
  return ordered ? make('ol', { start: Number(start) || 1 }, ...children) : make('ul', {}, ...children);
}

/** @param {import('../vendor/marked.js').Tokens.Code} token */
function code({ text, lang = '' }) {
  const [language = ''] = lang.split(/\s/);
  const shown = make('code', {}, text);
  const head = make('div', { class: 'code-head' }, make('span', { class: 'quiet' }, language), copyButton(shown));
  const frame = make('pre', { tabindex: 0, 'aria-label': language ? `Code, ${language}` : 'Code', dir: 'ltr' }, shown);
  return make('div', { class: 'code-block' }, head, frame);
}

/** @param {import('../vendor/marked.js').Tokens.Table} token */
function table({ header, rows, align }) {
  const cell = (
    /** @type {'th' | 'td'} */ tag,
    /** @type {{ tokens: Token[] }} */ { tokens },
    /** @type {number} */ i,
  ) =>
    make(
      tag,
      { dir: 'auto', class: align[i] === 'right' ? 'number' : undefined, scope: tag === 'th' ? 'col' : undefined },
      ...inline(tokens),
    );
  return make(
    'section',
    { class: 'scroll', tabindex: 0, 'aria-label': 'Table' },
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, ...header.map((it, i) => cell('th', it, i)))),
      make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((it, i) => cell('td', it, i))))),
    ),
  );
}

/** @param {readonly Token[]} tokens @returns {Node[]} */
function inline(tokens) {
  return tokens.flatMap((token) => {
    const { type, text = '', tokens: inner = [] } = /** @type {Generic} */ (token);
    switch (type) {
      case 'strong':
      case 'em':
      case 'del':
        return [make(type, {}, ...inline(inner))];
      case 'codespan':
        return [make('code', {}, text)];
      case 'br':
        return [make('br')];
      case 'link':
        return [link(/** @type {Generic} */ (token).href, inline(inner))];
      case 'image':
        return [link(/** @type {Generic} */ (token).href, [new Text(text || 'Image')])];
      case 'checkbox':
        return [new Text(/** @type {Generic} */ (token).checked ? '☑ ' : '☐ ')];
      case 'escape':
        return [new Text(text)];
      case 'text':
        return inner.length > 0 ? inline(inner) : [new Text(decoded(text))];
      case 'html':
        return [new Text(token.raw)];
      default:
        // A block, within a loose list.
        return inner.length > 0 || type === 'list' || type === 'code' ? blockNodes(token) : [new Text(token.raw)];
    }
  });
}

/**
 * A link to another site, in a new tab. Addresses that are not of the web stay text.
 *
 * @param {string} href
 * @param {Node[]} children
 */
function link(href, children) {
  const url = URL.parse(href);
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return make('span', {}, ...children);
  return make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer', title: url.href }, ...children);
}

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** Decodes the usual entities of HTML. @param {string} text */
function decoded(text) {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const point = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
  });
}
