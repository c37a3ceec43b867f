import * as sizes from '../../src/base/sizes.ts';
import type { Gateway } from '../gateways.ts';
import { png } from '../picture.ts';
import { post, repeated, texts } from '../requests.ts';
import type { LargestRequest } from './largest-request.ts';
import { megabytes } from './workload.ts';

/**
 * The largest requests of the routes that are another surface of others. Durable Objects are in the same
 * process here: what they hold of a response or a classifier is counted, too.
 */

const AROUND = 2000;
const PICTURE = 10e6;
const TEXT = sizes.MAX_TEXT_BYTES - AROUND;

export const largestSurfaces: readonly LargestRequest[] = [
  {
    name: 'responses_text',
    title: `Responses, ${megabytes(TEXT)} of text`,
    build: (gateway) => responses(gateway, repeated('word ', TEXT)),
  },
  {
    name: 'responses_picture',
    title: 'Responses, a picture of 10 MB',
    build: (gateway) => {
      const image_url = `data:image/png;base64,${png(PICTURE).toString('base64')}`;
      return responses(gateway, [{ role: 'user', content: [{ type: 'input_image', image_url }] }]);
    },
  },
  {
    name: 'responses_stored',
    title: 'Responses, a picture of 10 MB, stored',
    build: (gateway) => {
      const image_url = `data:image/png;base64,${png(PICTURE).toString('base64')}`;
      return responses(gateway, [{ role: 'user', content: [{ type: 'input_image', image_url }] }], { store: true });
    },
  },
  {
    name: 'responses_answer',
    title: `Responses, an answer of ${megabytes(sizes.MAX_TEXT_ANSWER_BYTES)}`,
    build: (gateway) =>
      post(gateway, '/v1/responses', {
        model: `${gateway.modelPrefix}whole-${sizes.MAX_TEXT_ANSWER_BYTES - AROUND}`,
        input: 'Hello.',
      }),
  },
  {
    name: 'hub_vectors',
    title: 'Feature extraction, 2,048 texts, 1,536 dimensions',
    build: (gateway) =>
      post(gateway, `/models/${gateway.modelPrefix}vectors-1536/pipeline/feature-extraction`, {
        inputs: texts(2048, 'hub'),
      }),
  },
  {
    name: 'rerank',
    title: 'Rerank, 2,047 texts, 512 dimensions',
    build: (gateway) =>
      post(gateway, '/v1/rerank', {
        model: `${gateway.modelPrefix}vectors-512`,
        query: 'what',
        documents: texts(2047, 'rerank'),
        return_documents: true,
      }),
  },
  {
    name: 'classifier',
    title: 'Classifier from 2,048 texts, 1,536 dimensions',
    build: (gateway) =>
      post(gateway, '/v1/classifiers', {
        model: `${gateway.modelPrefix}vectors-1536`,
        examples: texts(2048, 'example').map((input, i) => ({ input, label: `label ${i % 200}` })),
      }),
  },
  {
    name: 'mcp_embed',
    title: 'MCP, embed 100 texts, 1,536 dimensions',
    build: (gateway) => {
      const input = texts(100, 'mcp');
      const params = { name: 'embed', arguments: { model: `${gateway.modelPrefix}vectors-1536`, input } };
      return post(gateway, '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    },
  },
  {
    name: 'mcp_picture',
    title: 'MCP, a generated picture of 6.2 MB',
    build: (gateway) => {
      const prompt = `a picture of ${Math.floor((sizes.MAX_MCP_ANSWER_BYTES - AROUND) * 0.75)} bytes`;
      const params = { name: 'generate_image', arguments: { model: 'tiny-image', prompt, size: '64x64' } };
      return post(gateway, '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    },
  },
];

const responses = (gateway: Gateway, input: unknown, more: object = {}) =>
  post(gateway, '/v1/responses', { model: `${gateway.modelPrefix}whole`, input, ...more });
