import { type Event, valueAt } from './event.ts';

/** The only hosts at which Slack waits for answers. */
const HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];

/** Where Slack waits for the answer to a command or an interaction, for 30 minutes. */
export function responseUrl(event: Event): string | undefined {
  const text = valueAt('response_url', event);
  const url = typeof text === 'string' ? URL.parse(text) : null;
  return url?.protocol === 'https:' && HOSTS.includes(url.host) && url.username === '' ? url.href : undefined;
}

/** An answer that only its user sees. A model's text must not mention a channel: `<!channel>`. */
export function slackAnswer(output: string): string {
  const text = output.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({ response_type: 'ephemeral', text });
}
