import { ApiFailure } from './api.js';
import { make } from './dom.js';
import { askForKey } from './key.js';

/** What a person can do about a code of the API; the message itself is always the API's own. */
const ADVICE = /** @type {Record<string, string>} */ ({
  invalid_api_key: 'Enter one of the keys that this Worker was given in API_KEYS.',
  keys_not_configured: 'Whoever runs this Worker sets the keys; until then it answers nobody.',
  configuration_invalid: 'Whoever runs this Worker corrects the setting that the message names.',
  model_unavailable: 'Choose another model, or set what the message names. The page Models shows what is there.',
  model_not_found: 'Choose a model of the list.',
  invalid_parameter: 'Change what the message names, and send again.',
  unsupported_parameter: 'Leave out what the message names, or choose another model.',
  invalid_picture: 'Use a PNG, JPEG, WebP or GIF file.',
  body_too_large: 'Use fewer or smaller pictures.',
  upstream_rate_limited: 'The host asks for a pause: wait a little, then send again.',
  insufficient_quota: "The host's account has no credit left; sending again will not help.",
  upstream_unreachable: 'The host of this model does not answer. On your own machine: is the inference server running?',
  upstream_unauthorized: 'The host refused the credential that this Worker was given for it.',
  upstream_cold: 'The model is waking up. Send again in a moment.',
  upstream_overloaded: 'The host is busy. Send again in a moment.',
  upstream_headers_timeout: 'The host took too long. Send again, or ask for less.',
  upstream_stream_cut: 'The host broke off. What arrived until then is shown; send again for the whole.',
  stream_cut: 'The connection broke off. What arrived until then is shown; send again for the whole.',
  unreachable: 'On your own machine: start it with npm start. Elsewhere: is this machine online?',
});

/**
 * Shows what went wrong: the API's message, its code, what to do. A request that was stopped on purpose shows nothing.
 *
 * @param {HTMLElement} place
 * @param {unknown} error
 */
export function showFailure(place, error) {
  if (error instanceof DOMException && error.name === 'AbortError') return clearFailure(place);
  if (!(error instanceof ApiFailure)) {
    place.replaceChildren(make('p', { class: 'failure-message' }, 'This page made a mistake: see the console.'));
    place.hidden = false;
    throw error;
  }
  const { message, code, status, requestId, retryAfter } = error;
  const wait = retryAfter ? ` The host asks to wait ${retryAfter} s.` : '';
  place.replaceChildren(
    make('p', { class: 'failure-message' }, message),
    make('p', {}, (ADVICE[code] ?? 'Send again; if it stays, the request id finds it in the log.') + wait),
    make('p', { class: 'failure-facts' }, [status || '', code, requestId].filter(Boolean).join('  ·  ')),
  );
  if (code === 'invalid_api_key') {
    place.append(make('button', { type: 'button', class: 'plain', click: () => askForKey(message) }, 'Enter a key'));
  }
  place.hidden = false;
}

/** @param {HTMLElement} place */
export function clearFailure(place) {
  place.hidden = true;
  place.replaceChildren();
}
