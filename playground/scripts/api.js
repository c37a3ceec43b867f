import { currentKey } from './key.js';

/**
 * @typedef {object} Report data from the response headers
 * @property {string} requestId
 * @property {string} model
 * @property {string} target `host/upstream-model` that served the request
 * @property {string} cacheStatus RFC 9211
 * @property {number} age of an answer from the cache, in seconds
 * @property {{ name: string, ms: number }[]} stages of `Server-Timing`
 * @property {number} roundTripMs from sending the request to receiving the headers, measured in this page
 */

/** A failed request, with the message of the API. */
export class ApiFailure extends Error {
  /**
   * @param {{ message: string, code: string, status?: number, param?: string | null, requestId?: string,
   *   retryAfter?: string | null }} details
   */
  constructor({ message, code, status = 0, param = null, requestId = '', retryAfter = null }) {
    super(message);
    this.code = code;
    this.status = status;
    this.param = param;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** The base URL of this Worker's API, on the origin of the page. */
export const baseUrl = `${location.origin}/v1`;

/**
 * Sends a request to the Worker of this page.
 *
 * @param {string} path absolute path
 * @param {{ method?: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>, key?:
 * string }} [options] the body is sent as JSON, or as multipart if it is FormData; the key is that of the
 * page, unless given
 * @returns {Promise<{ response: Response, report: Report }>} when the headers have arrived
 * @throws {ApiFailure}
 * @throws {DOMException} `AbortError`
 */
export async function send(path, { method, body, signal, headers = {}, key = currentKey() } = {}) {
  const isForm = body instanceof FormData;
  const started = performance.now();
  let response;
  try {
    response = await fetch(path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isForm ? body : body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure({ code: 'unreachable', message: 'The Worker is not reachable.' });
  }
  const report = readReport(response, performance.now() - started);
  if (!response.ok) throw await readFailure(response, report);
  return { response, report };
}

/**
 * @param {Response} response
 * @param {number} roundTripMs
 * @returns {Report}
 */
function readReport({ headers }, roundTripMs) {
  const stages = (headers.get('server-timing') ?? '').split(',').flatMap((entry) => {
    const [, name, duration] = /^\s*([\w-]+);dur=([\d.]+)/.exec(entry) ?? [];
    return name && duration ? [{ name, ms: Number(duration) }] : [];
  });
  return {
    requestId: headers.get('x-request-id') ?? '',
    model: headers.get('x-cedalion-model') ?? '',
    target: headers.get('x-cedalion-target') ?? '',
    cacheStatus: headers.get('cache-status') ?? '',
    age: Number(headers.get('age') ?? 0),
    stages,
    roundTripMs,
  };
}

/**
 * @param {Response} response
 * @param {Report} report
 */
async function readFailure(response, { requestId }) {
  const about = { status: response.status, requestId, retryAfter: response.headers.get('retry-after') };
  try {
    const { error } = await response.json();
    return new ApiFailure({ ...about, message: error.message, code: error.code, param: error.param });
  } catch {
    return new ApiFailure({
      ...about,
      code: 'not_the_api',
      message: `Unexpected response with status ${response.status}.`,
    });
  }
}
