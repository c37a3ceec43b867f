import { ApiFailure, send } from './api.js';
import { copyButton } from './copy-button.js';
import { announce, find, make } from './dom.js';
import { onKeyChange } from './key.js';
import { perform } from './perform.js';
import { milliseconds, showReadings } from './readings.js';
import { keepDraft } from './requests.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';

/**
 * @typedef {object} Secret an answer of POST /v1/client_secrets
 * @property {string} value
 * @property {number} expires_at
 * @property {string} subject
 * @property {'all' | string[]} scopes
 */

const PATH = '/v1/client_secrets';

/** The Tokens page: creates a client token as a server would, and uses it as an app would. */
export function startTokens() {
  const form = find('#tokens-form', HTMLFormElement);
  const value = find('#tokens-value', HTMLElement);
  const left = find('#tokens-left', HTMLElement);
  const attempt = find('#tokens-try', HTMLButtonElement);
  const attempts = find('#tokens-calls', HTMLOListElement);
  const failure = find('#tokens-failure', HTMLElement);
  const snippets = snippetView(find('#tokens-snippets', HTMLElement));
  const copy = copyButton(value);
  /** @type {Secret | undefined} */
  let secret;

  const showCode = () => snippets.show(requestSnippets({ path: PATH, body: readForm() }));
  keepDraft('tokens', form).restore();
  form.addEventListener('input', showCode);
  onKeyChange(showCode);
  showCode();

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    perform(failure, 'Creating', async () => {
      const { response } = await send(PATH, { body: readForm() });
      const created = /** @type {Secret} */ (await response.json());
      secret = created;
      value.textContent = created.value;
      value.hidden = false;
      attempt.before(copy);
      attempt.disabled = false;
      attempts.replaceChildren();
      showReadings(find('#tokens-claims', HTMLElement), [
        ['Subject', created.subject],
        ['Scopes', created.scopes === 'all' ? 'all' : created.scopes.join(', ')],
        ['Expires', new Date(created.expires_at * 1000).toLocaleTimeString()],
      ]);
      showTimeLeft();
      announce('Token created.');
    });
  });

  attempt.addEventListener('click', async () => {
    if (!secret) return;
    const { value: token } = secret;
    attempt.disabled = true;
    await perform(failure, 'Sending', async () => attempts.prepend(await sendChat(token)));
    attempt.disabled = false;
  });

  const showTimeLeft = () => {
    if (!secret) return;
    const seconds = Math.round(secret.expires_at - Date.now() / 1000);
    left.textContent =
      seconds > 0 ? `expires in ${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}` : 'expired';
  };
  setInterval(showTimeLeft, 1000);
}

function readForm() {
  const number = (/** @type {string} */ id) => find(`#tokens-${id}`, HTMLInputElement).valueAsNumber;
  const scopes = [...document.querySelectorAll('#tokens-form input[name="scope"]')].flatMap((box) =>
    box instanceof HTMLInputElement && box.checked ? [box.value] : [],
  );
  return {
    subject: find('#tokens-subject', HTMLInputElement).value,
    ...(scopes.length > 0 && { scopes }),
    limits: { requests_per_minute: number('rate'), usd_per_day: number('budget') },
    expires_after: { seconds: number('minutes') * 60 },
  };
}

/**
 * Sends one small chat as the app would.
 *
 * @param {string} key
 * @returns {Promise<HTMLLIElement>} what happened
 */
async function sendChat(key) {
  const body = { model: 'text', messages: [{ role: 'user', content: 'Translate to French: house' }], max_tokens: 20 };
  try {
    const { response, report } = await send('/v1/chat/completions', { body, key });
    const { choices } = await response.json();
    const remaining = response.headers.get('x-ratelimit-remaining-requests');
    return make(
      'li',
      {},
      make('span', { class: 'chip hit' }, '200'),
      ` ${choices[0].message.content} `,
      make('span', { class: 'quiet' }, `${remaining} requests left, ${milliseconds(report.roundTripMs)}`),
    );
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const wait = error.retryAfter ? `Retry-After: ${error.retryAfter} s` : '';
    return make(
      'li',
      {},
      make('span', { class: 'chip bad' }, `${error.status} ${error.code}`),
      ` ${error.message} `,
      make('span', { class: 'quiet' }, wait),
    );
  }
}
