import { send } from './api.js';
import { audioFile } from './audio-file.js';
import { cancellable } from './cancellable.js';
import { copyButton } from './copy-button.js';
import { announce, find, make, submitByKeys } from './dom.js';
import { onKeyChange } from './key.js';
import { modelField } from './model-field.js';
import { formModes } from './modes.js';
import { commonReadings, milliseconds, showReadings } from './readings.js';
import { rememberRequests } from './requests.js';
import { snippetView } from './snippet-view.js';
import { requestSnippets } from './snippets-request.js';

/** The Audio page: speech to text, and text to speech. */
export function startAudio() {
  const form = find('#audio-form', HTMLFormElement);
  const snippets = snippetView(find('#audio-snippets', HTMLElement));
  const modes = formModes(form, 'audio-mode');
  const isSpeech = () => modes.current() === 'speak';
  const sound = audioFile(() => update());
  const requests = rememberRequests('audio', form, { title: () => titleOf(isSpeech()), onOpened: () => update() });
  const heard = modelField('#audio-model', {
    ...{ first: 'whisper', note: '#audio-note' },
    fits: ({ task }) => task === 'automatic-speech-recognition',
  });
  modelField('#audio-speech-model', { first: 'tts', fits: ({ task }) => task === 'text-to-speech' });
  const work = cancellable({
    failure: find('#audio-failure', HTMLElement),
    stop: find('#audio-stop', HTMLButtonElement),
  });
  const update = () => {
    modes.show();
    find('#audio-send', HTMLButtonElement).textContent = isSpeech() ? 'Speak' : 'Transcribe';
    snippets.show(requestSnippets(isSpeech() ? speechRequest() : hearingRequest(heard.value, sound.file()).shown));
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const file = sound.file();
    if (!isSpeech() && !file) {
      find('#audio-notice', HTMLElement).textContent = 'Choose a file, or record something.';
      return;
    }
    requests.sent();
    if (isSpeech()) work.run('Speaking', speak);
    else work.run('Transcribing', (signal) => transcribe(hearingRequest(heard.value, file), signal));
  });
  submitByKeys(form);
  for (const kind of ['input', 'change']) form.addEventListener(kind, update);
  onKeyChange(update);
  requests.restore();
  update();
}

const textOf = (/** @type {string} */ id) => find(`#audio-${id}`, HTMLInputElement).value.trim();
const textToSpeak = () => find('#audio-text', HTMLTextAreaElement).value;

/** @param {boolean} isSpeech */
const titleOf = (isSpeech) => (isSpeech ? textToSpeak() : `Transcription, ${textOf('model')}`);

function speechRequest() {
  const format = find('#audio-format', HTMLSelectElement).value;
  const speed = find('#audio-speed', HTMLInputElement).valueAsNumber;
  const body = {
    ...{ model: textOf('speech-model') || 'tts', input: textToSpeak(), voice: textOf('voice') || 'alloy' },
    response_format: format,
    ...(Number.isNaN(speed) ? {} : { speed }),
  };
  return { path: '/v1/audio/speech', body, saveAs: `speech.${format}` };
}

/**
 * @param {string} model
 * @param {File | undefined} file
 */
function hearingRequest(model, file) {
  const isTranslation = find('#audio-translate', HTMLInputElement).checked;
  const language = textOf('language');
  const fields = Object.entries({
    model: model || 'whisper',
    ...(language && !isTranslation ? { language } : {}),
  });
  const form = new FormData();
  // The fields come before the file, so that the Worker knows the host when the file arrives.
  for (const [name, value] of fields) form.set(name, value);
  if (file) form.set('file', file, file.name);
  const path = `/v1/audio/${isTranslation ? 'translations' : 'transcriptions'}`;
  const files = /** @type {const} */ ([['file', file?.name.replace(/[^\w.-]+/g, '-') ?? 'speech.mp3']]);
  return { path, form, shown: { path, fields, files } };
}

/** @param {AbortSignal} signal */
async function speak(signal) {
  const { path, body, saveAs } = speechRequest();
  const started = performance.now();
  const { response, report } = await send(path, { body, signal });
  const blob = await response.blob();
  const url = URL.createObjectURL(blob);
  find('#audio-result', HTMLElement).replaceChildren(
    make('audio', { controls: true, src: url, 'aria-label': 'Spoken text' }),
    make('p', {}, make('a', { class: 'plain', href: url, download: saveAs }, 'Download')),
  );
  showReadings(find('#audio-readings', HTMLDListElement), [
    ['Total time', milliseconds(performance.now() - started)],
    ['File', `${blob.type}, ${(blob.size / 1024).toFixed(1)} KiB`],
    ...commonReadings(report),
  ]);
  announce('Speech is ready.');
}

/**
 * @param {ReturnType<typeof hearingRequest>} request
 * @param {AbortSignal} signal
 */
async function transcribe({ path, form }, signal) {
  const started = performance.now();
  const { response, report } = await send(path, { body: form, signal });
  const { text } = await response.json();
  const shown = make('p', { class: 'transcript', dir: 'auto' }, text);
  find('#audio-result', HTMLElement).replaceChildren(shown, make('div', { class: 'row' }, copyButton(shown)));
  showReadings(find('#audio-readings', HTMLDListElement), [
    ['Total time', milliseconds(performance.now() - started)],
    ...commonReadings(report),
  ]);
  announce(`Transcript: ${text}`);
}
