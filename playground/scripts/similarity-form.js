import { find } from './dom.js';

/** @typedef {import('./picture-list.js').Picture} Picture */
/** @typedef {{ name: string, url?: string }} Column what is compared: an image if it has a URL, or a text */
/**
 * @typedef {object} Payload
 * @property {string} model
 * @property {string | (string | { image: string })[]} query
 * @property {string[]} documents
 * @property {number} [top_n]
 */

/**
 * Reads the form of the Similarity page as a request.
 *
 * @param {() => string} mode
 */
export function similarityForm(mode) {
  const lines = (/** @type {string} */ id) => [
    ...new Set(
      find(`#${id}`, HTMLTextAreaElement)
        .value.split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ];
  const query = () => find('#rerank-query', HTMLInputElement).value.trim();
  const model = () => find('#similarity-model', HTMLInputElement).value.trim() || 'clip';

  /** @param {readonly Picture[]} pictures */
  const ofImages = (pictures) => {
    const images = pictures.map(({ name }) => ({ image: `attach://${name}` }));
    const body = { model: model(), query: images, documents: lines('captions') };
    const isWhole = pictures.length > 0 && body.documents.length > 0;
    return {
      body,
      files: pictures,
      columns: pictures,
      missing: isWhole ? '' : 'Add at least one image and one caption.',
    };
  };
  const ofTexts = () => {
    const texts = lines('similarity-texts');
    const body = { model: model(), query: texts, documents: lines('similarity-others') };
    const isWhole = texts.length > 0 && body.documents.length > 0;
    const columns = texts.map((name) => ({ name }));
    return { body, files: [], columns, missing: isWhole ? '' : 'Add at least one text on both sides.' };
  };
  const ofRanking = () => {
    const top = find('#rerank-top', HTMLInputElement).valueAsNumber;
    const documents = lines('rerank-documents');
    const body = { model: model(), query: query(), documents, ...(Number.isNaN(top) ? {} : { top_n: top }) };
    const isWhole = query() !== '' && documents.length > 0;
    return { body, files: [], columns: [], missing: isWhole ? '' : 'Add a query and at least one document.' };
  };

  return {
    lines,
    title: () =>
      mode() === 'rerank' ? query() : lines(mode() === 'texts' ? 'similarity-texts' : 'captions').join(', '),
    /**
     * @param {readonly Picture[]} pictures
     * @returns {{ path: string, body: Payload, files: readonly Picture[], columns: readonly Column[], missing: string, isRanking: boolean }}
     */
    request(pictures) {
      if (mode() === 'rerank') return { path: '/v1/rerank', isRanking: true, ...ofRanking() };
      const parts = mode() === 'texts' ? ofTexts() : ofImages(pictures);
      return { path: '/v1/similarity', isRanking: false, ...parts };
    },
  };
}
