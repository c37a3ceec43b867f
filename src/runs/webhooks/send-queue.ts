import type { Settings } from '../../settings/settings.ts';
import type { Attempt, Delivery, DeliveryStatus } from './delivery.ts';
import { secretsOf } from './endpoint.ts';
import { postWebhook } from './post-webhook.ts';
import { verdictOf } from './verdict.ts';
import type { WebhookStore } from './webhook-store.ts';

/** Waiting for headers, an object can have six connections. One slow receiver takes a third of them. */
const MAX_IN_FLIGHT = 6;
const MAX_IN_FLIGHT_PER_TARGET = 2;
/** What is not signed goes to Slack, whose addresses expire after 30 minutes. */
const UNSIGNED_RETRIES = 3;

/** Sends the deliveries of a store whose time has come, and stores what came of each. */
export class SendQueue {
  readonly #store: WebhookStore;
  readonly #settings: () => Settings;
  readonly #inFlight = new Map<string, { readonly target: string; readonly ended: Promise<void> }>();

  constructor(store: WebhookStore, settings: () => Settings) {
    this.#store = store;
    this.#settings = settings;
  }

  get isRunning(): boolean {
    return this.#inFlight.size > 0;
  }

  /** Sends until nothing is due. */
  async run(): Promise<void> {
    this.startDue();
    while (this.isRunning) await Promise.race([...this.#inFlight.values()].map(({ ended }) => ended));
  }

  /** Sends what is due, a few at a time: each that ends makes room for the next. */
  startDue(): void {
    while (this.#inFlight.size < MAX_IN_FLIGHT) {
      const targets = [...this.#inFlight.values()].map(({ target }) => target);
      const busy = targets.filter((one) => targets.filter((other) => other === one).length >= MAX_IN_FLIGHT_PER_TARGET);
      const delivery = this.#store.nextDue(Date.now(), { rows: [...this.#inFlight.keys()], targets: busy });
      if (!delivery) return;
      const key = `${delivery.id} ${delivery.target}`;
      const ended = this.#send(delivery).finally(() => {
        this.#inFlight.delete(key);
        this.startDue();
      });
      this.#inFlight.set(key, { target: delivery.target, ended });
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const settings = this.#settings();
    const { id, target, body } = delivery;
    const before = this.#store.endpoint(target);
    const secret = before ? undefined : this.#store.secretOf(delivery);
    const secrets = before ? secretsOf(before) : secret ? [secret] : [];
    const { attempt, posted } = await postWebhook({ id, url: before?.url ?? target, body, secrets }, settings);
    // It may have been removed, or sent again by hand.
    const now = this.#store.delivery(id, target);
    if (!now) return;
    const tries = now.tries + 1;
    const { retrySeconds } = settings.webhooks;
    const schedule = secrets.length > 0 ? retrySeconds : retrySeconds.slice(0, UNSIGNED_RETRIES);
    const verdict = verdictOf(posted, tries, schedule);
    const nextAt = verdict.status === 'pending' ? verdict.nextAt : null;
    this.#store.update(now, verdict.status, { attempts: [...now.attempts, attempt], tries, nextAt });
    logAttempt(now, attempt, { tries, outcome: verdict.status });
    const endpoint = this.#store.endpoint(target);
    if (endpoint && verdict.status === 'failed' && verdict.isGone) this.#store.disable(endpoint, 'gone');
  }
}

/** Not where to: a URL can be a secret. */
function logAttempt(
  { id, type, target }: Delivery,
  attempt: Attempt,
  { tries, outcome }: { readonly tries: number; readonly outcome: DeliveryStatus },
): void {
  const line = {
    level: outcome === 'delivered' ? 'info' : 'warn',
    webhook: id,
    type,
    endpoint: target.startsWith('whe_') ? target : undefined,
    attempt: tries,
    status: attempt.status,
    outcome,
    ms: attempt.milliseconds,
  };
  console.log(JSON.stringify(line));
}
