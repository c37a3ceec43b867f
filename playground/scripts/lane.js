import { answerView } from './answer-view.js';
import { ApiFailure, send } from './api.js';
import { announce, make } from './dom.js';
import { streamEvents } from './events.js';
import { clearFailure, showFailure } from './failure-view.js';
import { follow } from './follow.js';
import { meter } from './meter.js';
import { showReadings } from './readings.js';
import { canContinue, cancelRun, eventsPath, forgetRun, recordedEvents } from './recorded-stream.js';
import { startWaiting } from './waiting.js';

/** @typedef {import('./text-form.js').Turn} Turn */
/** @typedef {{ talk: HTMLElement, failure: HTMLElement, readings: HTMLElement }} Places */

/** A conversation with one model, and the measurements of its last response. */
export class Lane {
  /** @type {Turn[]} */
  turns = [];
  /** @type {AbortController | undefined} */
  #running;
  #places;
  #follower;

  /** @param {Places} places */
  constructor(places) {
    this.#places = places;
    this.#follower = follow(places.talk);
  }

  get isRunning() {
    return this.#running !== undefined;
  }

  stop() {
    this.#running?.abort();
  }

  clear() {
    this.stop();
    this.turns = [];
    this.#places.talk.replaceChildren();
    this.#places.readings.replaceChildren();
    clearFailure(this.#places.failure);
  }

  /**
   * Sends a request and shows its response as it arrives.
   *
   * @param {Turn} turn what is asked
   * @param {{ path: string, body: object, headers: Record<string, string>, isRaw: boolean }} request
   * @returns {Promise<boolean>} whether the response is complete
   */
  async ask(turn, { path, body, headers, isRaw }) {
    if (isRaw) this.clear();
    const answer = answerView(this.#places.talk, { turn, isRaw });
    const isComplete = await this.#receive(answer, isRaw, () => send(path, { body, headers, signal: this.#signal() }));
    if (isComplete && !isRaw) this.turns.push(turn, { role: 'assistant', content: answer.text });
    return isComplete;
  }

  /**
   * Continues the stream that was not complete when the page was left. It is shown from its start.
   *
   * @param {{ id: string, isRaw: boolean }} run
   */
  async resume({ id, isRaw }) {
    if (this.isRunning) return;
    this.clear();
    const answer = answerView(this.#places.talk, { isRaw });
    answer.element.before(make('span', { class: 'who' }, 'Continued after reload. The prompt was not kept.'));
    announce('Continued after reload.');
    await this.#receive(answer, isRaw, () => send(eventsPath(id), { signal: this.#signal() }));
  }

  #signal() {
    return /** @type {AbortController} */ (this.#running).signal;
  }

  /**
   * @param {ReturnType<typeof answerView>} answer
   * @param {boolean} isRaw
   * @param {() => ReturnType<typeof send>} request
   */
  async #receive(answer, isRaw, request) {
    this.stop();
    const controller = new AbortController();
    this.#running = controller;
    const { talk, failure, readings } = this.#places;
    clearFailure(failure);
    readings.replaceChildren();
    // Screen readers announce the complete response, not each token.
    talk.setAttribute('aria-busy', 'true');
    this.#follower.start();
    this.#follower.grown();
    const measured = meter();
    const endWaiting = startWaiting(failure, 'Waiting for the first token');
    /** @type {{ id: string | null }} */
    const run = { id: null };
    try {
      for await (const event of this.#events(await request(), { measured, run, isRaw, signal: controller.signal })) {
        const [choice] = event.choices;
        const piece = choice?.delta?.content ?? choice?.text ?? '';
        const thought = choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? '';
        if (piece || thought) {
          endWaiting();
          measured.piece();
          answer.add(piece, thought, () => this.#follower.grown());
        }
        if (choice?.finish_reason) measured.finishReason = choice.finish_reason;
        if (event.usage) measured.usage = event.usage;
        showReadings(readings, measured.readings());
      }
      await answer.settle();
      announce(`Response: ${answer.text}`);
      measured.keep();
      forgetRun();
      return true;
    } catch (error) {
      await answer.settle();
      this.#end(error, { controller, measured, id: run.id });
      if (!answer.text) answer.remove();
      return false;
    } finally {
      endWaiting();
      showReadings(readings, measured.readings());
      this.#follower.grown();
      if (this.#running === controller) {
        this.#running = undefined;
        talk.removeAttribute('aria-busy');
      }
    }
  }

  /**
   * @param {Awaited<ReturnType<typeof send>>} answer
   * @param {{ measured: ReturnType<typeof meter>, run: { id: string | null }, isRaw: boolean, signal: AbortSignal }} of
   */
  #events({ response, report }, { measured, run, isRaw, signal }) {
    measured.report = report;
    if (!response.body) throw new ApiFailure({ code: 'stream_cut', message: 'The response is empty.' });
    run.id = response.headers.get('x-run-id');
    return run.id ? recordedEvents({ id: run.id, isRaw }, response.body, signal) : streamEvents(response.body);
  }

  /**
   * @param {unknown} error
   * @param {{ controller: AbortController, measured: ReturnType<typeof meter>, id: string | null }} of
   */
  #end(error, { controller, measured, id }) {
    const { failure } = this.#places;
    const isStopped = controller.signal.aborted;
    if (isStopped) {
      measured.finishReason = 'cancelled';
      announce('Stopped.');
      // Without a reader a recorded stream would go on.
      if (id) cancelRun(id).catch((problem) => showFailure(failure, problem));
    }
    if (isStopped ? this.#running === controller : !canContinue(error)) forgetRun();
    showFailure(failure, error);
  }
}
