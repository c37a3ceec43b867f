import { cacheReading, commonReadings, isHit, milliseconds } from './readings.js';
import { keepSpeed } from './speeds.js';

/** Measures the time of one streamed response to its first token and to its end. */
export function meter() {
  const started = performance.now();
  let first = 0;
  let last = started;
  return {
    /** @type {import('./api.js').Report | undefined} */
    report: undefined,
    /** @type {{ prompt_tokens: number, completion_tokens: number } | undefined} */
    usage: undefined,
    finishReason: '',
    piece() {
      last = performance.now();
      first ||= last;
    },
    /**
     * Over the total time, because the network bundles tokens and the time between them is not meaningful.
     */
    get tokensPerSecond() {
      return this.usage && first ? (this.usage.completion_tokens * 1000) / (last - started) : undefined;
    },
    /** Keeps what was measured, to show it with the model. */
    keep() {
      const { tokensPerSecond, report } = this;
      if (tokensPerSecond && report?.model) {
        keepSpeed(report.model, { tokensPerSecond: Math.round(tokensPerSecond), firstTokenMs: first - started });
      }
    },
    /** @returns {(readonly [string, string | undefined])[]} */
    readings() {
      const { usage, report, tokensPerSecond } = this;
      return [
        ['Time to first token', first ? milliseconds(first - started) : undefined],
        ['Total time', first ? milliseconds(last - started) : undefined],
        ['Tokens', usage && `${usage.prompt_tokens} prompt, ${usage.completion_tokens} completion`],
        ['Speed', tokensPerSecond ? `${Math.round(tokensPerSecond)} tokens/s` : undefined],
        ['Finish reason', this.finishReason || undefined],
        ['Cache', report && cacheReading(report)],
        [
          'Saved',
          report && usage && isHit(report) ? `${usage.prompt_tokens + usage.completion_tokens} tokens` : undefined,
        ],
        ...(report ? commonReadings(report) : []),
      ];
    },
  };
}
