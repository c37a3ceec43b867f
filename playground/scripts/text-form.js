import { find } from './dom.js';

/**
 * @typedef {{ type: 'text' | 'image_url', text?: string, image_url?: { url: string } }} Part of a message
 * @typedef {{ role: 'user' | 'assistant', content: string | Part[] }} Turn
 */

const EXAMPLE_MODEL = 'text';

/** Reads the form of the Text page as a request. */
export function textForm() {
  const form = find('#text-form', HTMLFormElement);
  const prompt = find('#text-prompt', HTMLTextAreaElement);
  const value = (/** @type {string} */ id) => find(`#text-${id}`, HTMLInputElement).value.trim();
  const number = (/** @type {string} */ id) => {
    const { valueAsNumber } = find(`#text-${id}`, HTMLInputElement);
    return Number.isNaN(valueAsNumber) ? undefined : valueAsNumber;
  };
  const isRaw = () => find('input[name="text-mode"]:checked', HTMLInputElement, form).value === 'prompt';
  const system = () => find('#text-system', HTMLTextAreaElement).value.trim();
  const isComparing = () => find('#text-compare', HTMLInputElement).checked;

  /** Fields that are empty are not sent: then the host's own defaults hold. */
  const parameters = () => {
    const stop = find('#text-stop-at', HTMLTextAreaElement).value.split('\n').filter(Boolean);
    return {
      max_tokens: number('max-tokens'),
      temperature: number('temperature'),
      top_p: number('top-p'),
      seed: number('seed'),
      stop: stop.length > 0 ? stop : undefined,
    };
  };

  return {
    form,
    prompt,
    isRaw,
    isComparing,
    /** The names of the models that are asked. */
    models: () => [value('model') || EXAMPLE_MODEL, ...(isComparing() ? [value('model-2') || EXAMPLE_MODEL] : [])],
    /** What is asked now. @param {readonly string[]} pictures data URLs @returns {Turn} */
    turn: (pictures) => ({
      role: 'user',
      content:
        pictures.length === 0
          ? prompt.value
          : [
              { type: 'text', text: prompt.value },
              ...pictures.map((url) => /** @type {Part} */ ({ type: 'image_url', image_url: { url } })),
            ],
    }),
    /**
     * @param {string} model
     * @param {readonly Turn[]} turns what was said before
     * @param {Turn} turn
     */
    request(model, turns, turn) {
      const common = { model, ...parameters(), stream: true, stream_options: { include_usage: true } };
      const body = JSON.parse(JSON.stringify(common));
      if (isRaw()) return { path: '/v1/completions', body: { ...body, prompt: prompt.value } };
      const first = system() ? [{ role: 'system', content: system() }] : [];
      return { path: '/v1/chat/completions', body: { ...body, messages: [...first, ...turns, turn] } };
    },
  };
}
