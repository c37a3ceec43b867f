import * as sizes from '../../src/base/sizes.ts';
import type { HttpRequest } from '../client.ts';
import type { Gateway } from '../gateways.ts';
import { embeddings, post, repeated, similarity, texts } from '../requests.ts';
import type { LargestRequest } from './largest-request.ts';
import { megabytes } from './workload.ts';

/**
 * The largest requests of texts to embed: as many texts as are allowed, of as many bytes. V8 holds a text
 * with one character beyond Latin-1, such as a typographic apostrophe, in two bytes a character: so each is
 * measured with such texts, too.
 */

const COUNT = sizes.MAX_ITEMS - 1;
/** What JSON, its escapes and the names of the texts add to each. */
const AROUND = 130;
const BYTES = Math.floor(sizes.MAX_TEXT_BYTES / COUNT) - AROUND;
const SCRIPTS = [
  { suffix: '', name: '', word: 'word ' },
  {
    suffix: '_two_bytes',
    name: ', lines in two bytes a character',
    word: 'it is the editor’s choice of words in this line\n',
  },
];

let built = 0;

export const largestTexts: readonly LargestRequest[] = [
  ...both('embeddings_large_texts', 'Embeddings', (gateway, all) => embeddings(gateway, 512, all)),
  ...both('similarity_large_texts', 'Similarity', (gateway, all) => similarity(gateway, 'what', all)),
  ...both('rerank_large_texts', 'Rerank', (gateway, documents) =>
    post(gateway, '/v1/rerank', {
      model: `${gateway.modelPrefix}vectors-512`,
      query: 'what',
      documents,
      return_documents: true,
    }),
  ),
];

function both(
  name: string,
  title: string,
  request: (gateway: Gateway, all: readonly string[]) => HttpRequest,
): LargestRequest[] {
  return SCRIPTS.map((script) => ({
    name: `${name}${script.suffix}`,
    title: `${title}, ${COUNT.toLocaleString('en-US')} texts of ${megabytes(sizes.MAX_TEXT_BYTES)}${script.name}`,
    // The store must not know them from an earlier process.
    build: (gateway) => request(gateway, texts(COUNT, `${++built} ${repeated(script.word, BYTES)}`)),
  }));
}
