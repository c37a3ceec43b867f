import { ApiFailure } from './api.js';
import { make } from './dom.js';
import { askForKey, onKeyChange } from './key.js';

/** What the user can do about an error code. The message itself always comes from the API. */
const ADVICE = /** @type {Record<string, string>} */ ({
  invalid_api_key: 'Enter a key of this Worker.',
  token_expired: 'Create a new token.',
  scope_missing: 'Use a key or token with the scope named in the message.',
  model_not_allowed: 'Use a key or token that can use this model.',
  rate_limit_exceeded: 'The limit of the key or token is reached.',
  tokens_not_configured: 'The operator of this Worker must set TOKEN_SECRETS.',
  limits_unavailable: 'Retry in a moment.',
  keys_not_configured: 'The operator of this Worker must set API_KEYS. Until then all requests are rejected.',
  configuration_invalid: 'The operator of this Worker must fix the setting named in the message.',
  model_unavailable:
    'Choose another model, or configure the setting named in the message. The Models page lists all models.',
  model_not_found: 'Choose a model from the list.',
  invalid_parameter: 'Fix the parameter named in the message, then retry.',
  unsupported_parameter: 'Remove the parameter named in the message, or choose another model.',
  classifier_not_found: 'It was deleted, perhaps in another tab. Choose another one, or teach a new one.',
  context_length_exceeded: 'Shorten the text, or request fewer tokens. Clear starts a new conversation.',
  invalid_picture: 'Use a PNG, JPEG, WebP or GIF file.',
  body_too_large: 'Use fewer or smaller images.',
  upstream_rate_limited: 'The host limits the request rate. Wait, then retry.',
  insufficient_quota: 'The budget is used up, or the account at the host has no credit left. Retrying does not help.',
  upstream_unreachable:
    'The host of this model is not reachable. On a local machine, check that the inference server is running.',
  upstream_unauthorized: "The host rejected this Worker's credential.",
  upstream_cold: 'The model is starting. Retry in a moment.',
  upstream_overloaded: 'The host is overloaded. Retry in a moment.',
  upstream_headers_timeout: 'The host did not respond in time. Retry, or request less output.',
  output_invalid: 'Select Stream to see the answer itself, or use a larger model.',
  upstream_stream_cut: 'The host ended the stream early. The response above is incomplete. Retry for a complete one.',
  stream_cut: 'The response above is incomplete. Retry for a complete one.',
  not_loaded: 'Check the network connection, then reload the page.',
  unreachable: 'On a local machine, start it with npm start. Otherwise check the network connection.',
});

/**
 * Shows an error: the API's message, the advice and the code. A request that the user stopped shows nothing.
 *
 * @param {HTMLElement} place
 * @param {unknown} error
 */
export function showFailure(place, error) {
  if (error instanceof DOMException && error.name === 'AbortError') return clearFailure(place);
  if (!(error instanceof ApiFailure)) {
    place.replaceChildren(
      make('p', { class: 'failure-message' }, 'Internal error in this page. See the browser console.'),
    );
    place.hidden = false;
    throw error;
  }
  const { message, code, status, requestId, retryAfter } = error;
  const fallback =
    status === 400
      ? 'Change what the message names, then retry.'
      : 'Retry. If the error persists, search the logs for the request ID.';
  const wait = retryAfter ? ` Retry after ${retryAfter} s.` : '';
  place.replaceChildren(
    make('p', { class: 'failure-message' }, message),
    make('p', {}, (ADVICE[code] ?? fallback) + wait),
    make('p', { class: 'failure-facts' }, [status || '', code, requestId].filter(Boolean).join('  ·  ')),
  );
  if (status === 401) {
    place.append(make('button', { type: 'button', class: 'plain', click: () => askForKey(message) }, 'Enter API key'));
  }
  place.hidden = false;
  // On a phone it is below the form.
  place.scrollIntoView({ block: 'nearest' });
}

// What failed with the key before says nothing about the new one.
onKeyChange(() => {
  for (const place of document.querySelectorAll('.failure[role=alert]'))
    if (place instanceof HTMLElement) clearFailure(place);
});

/** @param {HTMLElement} place */
export function clearFailure(place) {
  place.hidden = true;
  place.replaceChildren();
}
