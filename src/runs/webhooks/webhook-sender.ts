import { DurableObject } from 'cloudflare:workers';
import { type Env, readSettings } from '../../settings/settings.ts';
import { describeDelivery, newDelivery, type OneOffTarget } from './delivery.ts';
import { describeEndpoint, type EndpointFields, newEndpoint, secretsOf, withNewSecret } from './endpoint.ts';
import { type EventType, exampleOf, payloadOf, type WebhookEvent } from './event.ts';
import { postWebhook } from './post-webhook.ts';
import { SendQueue } from './send-queue.ts';
import { WebhookStore } from './webhook-store.ts';

/** Where an event is sent beside the endpoints. */
export interface Announcement {
  readonly oneOff?: OneOffTarget | undefined;
  /** Whether no endpoint hears of it. */
  readonly skipsEndpoints?: boolean;
}

/**
 * The webhooks of one account: its endpoints, and what is on its way to them. A SQLite Durable Object: a
 * delivery is stored before its first attempt, and each attempt is made by the object's alarm, so that none
 * is lost with a process.
 *
 * Each event is delivered at least once, with the same id every time.
 */
export class WebhookSender extends DurableObject<Env> {
  readonly #store = new WebhookStore(this.ctx.storage.sql);
  readonly #queue = new SendQueue(this.#store, () => this.#settings);

  get #settings() {
    return readSettings(this.env);
  }

  /** @returns undefined if the account has as many as it may */
  create(fields: EndpointFields) {
    if (this.#store.endpoints().length >= this.#settings.webhooks.endpointsPerCaller) return undefined;
    const endpoint = newEndpoint(fields);
    this.#store.saveEndpoint(endpoint);
    return describeEndpoint(endpoint, true);
  }

  list() {
    return this.#store.endpoints().map((endpoint) => describeEndpoint(endpoint));
  }

  get(id: string) {
    const endpoint = this.#store.endpoint(id);
    return endpoint && describeEndpoint(endpoint);
  }

  update(id: string, { isEnabled, ...fields }: Partial<EndpointFields> & { isEnabled?: boolean }) {
    const endpoint = this.#store.endpoint(id);
    if (!endpoint) return undefined;
    const updated = { ...endpoint, ...fields, updatedAt: Date.now() };
    if (isEnabled === false) this.#store.disable(updated, 'owner');
    else this.#store.saveEndpoint(isEnabled ? { ...updated, disabledBecause: null } : updated);
    return this.get(id);
  }

  /** @returns whether there was one */
  async remove(id: string): Promise<boolean> {
    if (!this.#store.endpoint(id)) return false;
    this.#store.removeEndpoint(id);
    await this.#setAlarm();
    return true;
  }

  rotateSecret(id: string, keepsOld: boolean) {
    const endpoint = this.#store.endpoint(id);
    if (!endpoint) return undefined;
    const rotated = withNewSecret(endpoint, keepsOld);
    this.#store.saveEndpoint(rotated);
    return describeEndpoint(rotated, true);
  }

  /**
   * Sends an example once, now.
   *
   * @param origin of the Worker
   * @returns undefined if there is no such endpoint
   */
  async sendExample(id: string, type: EventType, origin: string) {
    const endpoint = this.#store.endpoint(id);
    if (!endpoint) return undefined;
    const event = exampleOf(type, origin);
    const { attempt } = await postWebhook(
      { id: event.id, url: endpoint.url, body: payloadOf(event), secrets: secretsOf(endpoint) },
      this.#settings,
    );
    const isSuccess = attempt.status >= 200 && attempt.status < 300;
    // The answer has the result, too. The endpoint may have been removed meanwhile.
    if (this.#store.endpoint(id) && this.#room() > 0) {
      const status = isSuccess ? 'delivered' : 'failed';
      this.#store.add({ ...newDelivery(event, id), status, attempts: [attempt], tries: 1, nextAt: null });
    }
    await this.#setAlarm();
    return {
      object: 'webhook_endpoint.test',
      webhook_endpoint_id: id,
      event_type: type,
      status_code: attempt.status,
      success: isSuccess,
    };
  }

  /** @returns undefined if there is no such endpoint */
  deliveries(id: string, limit: number, after?: string) {
    if (!this.#store.endpoint(id)) return undefined;
    if (after !== undefined && !this.#store.delivery(after, id)) return 'unknown after';
    return this.#store.deliveriesOf(id, limit, after).map(describeDelivery);
  }

  /** Begins the schedule of a delivery anew. */
  async redeliver(id: string, event: string): Promise<ReturnType<typeof describeDelivery> | 'disabled' | undefined> {
    const endpoint = this.#store.endpoint(id);
    const delivery = this.#store.delivery(event, id);
    if (!endpoint || !delivery) return undefined;
    if (endpoint.disabledBecause) return 'disabled';
    this.#store.update(delivery, 'pending', { attempts: delivery.attempts, tries: 0, nextAt: Date.now() });
    await this.#wake();
    return describeDelivery({ ...delivery, status: 'pending', nextAt: Date.now() });
  }

  /**
   * Stores an event for each endpoint that wants it, and for a target of its own if it has one. When this
   * returns, the event will be sent, whatever happens. The same event can come again: it is stored once.
   *
   * @returns how many of its deliveries were dropped, because too many are stored
   */
  async announce(event: WebhookEvent, { oneOff, skipsEndpoints = false }: Announcement = {}): Promise<number> {
    const wanted = this.#store
      .endpoints()
      .filter(
        ({ disabledBecause, eventTypes }) => !skipsEndpoints && !disabledBecause && eventTypes.includes(event.type),
      );
    let room = this.#room();
    let dropped = 0;
    if (oneOff && --room >= 0) {
      this.#store.add({ ...newDelivery(event, oneOff.url), ...(oneOff.body && { body: oneOff.body }) }, oneOff.secret);
    } else if (oneOff) dropped++;
    for (const endpoint of wanted) {
      if (--room >= 0) this.#store.add(newDelivery(event, endpoint.id));
      else {
        this.#store.saveEndpoint({ ...endpoint, dropped: endpoint.dropped + 1 });
        dropped++;
      }
    }
    if (wanted.length > 0 || oneOff) await this.#wake();
    return dropped;
  }

  override async alarm(): Promise<void> {
    this.#store.removeBefore(Date.now() - this.#settings.webhooks.keepMs);
    await this.#queue.run();
    await this.#setAlarm();
  }

  /** How many more deliveries can be stored. */
  #room(): number {
    return this.#settings.webhooks.deliveriesPerCaller - this.#store.count();
  }

  async #wake(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now());
    // The alarm that is running waits for its slowest receiver; what has come since does not.
    if (this.#queue.isRunning) this.#queue.startDue();
  }

  async #setAlarm(): Promise<void> {
    const next = this.#store.nextTime(this.#settings.webhooks.keepMs);
    if (next !== undefined) await this.ctx.storage.setAlarm(next);
    else if (this.#store.endpoints().length === 0) {
      await this.ctx.storage.deleteAll();
      this.#store.forget();
    }
  }
}
