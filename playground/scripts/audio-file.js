import { find, takeDropped } from './dom.js';
import { record } from './recorder.js';

/**
 * The sound to transcribe: a file that is selected or dropped, or a recording.
 *
 * @param {() => void} onChange
 * @returns {{ file: () => File | undefined }}
 */
export function audioFile(onChange) {
  const files = find('#audio-file', HTMLInputElement);
  const heard = find('#audio-heard', HTMLAudioElement);
  const notice = find('#audio-notice', HTMLElement);
  const button = find('#audio-record', HTMLButtonElement);
  /** @type {File | undefined} */
  let file;
  /** @type {(() => Promise<File>) | undefined} */
  let endRecording;

  /** @param {readonly File[]} chosen */
  const take = ([first, ...others]) => {
    if (!first) return;
    file = first;
    URL.revokeObjectURL(heard.src);
    heard.src = URL.createObjectURL(first);
    heard.hidden = false;
    find('#audio-file-name', HTMLElement).textContent = first.name;
    notice.textContent = others.length > 0 ? `1 of ${others.length + 1} files is used: ${first.name}.` : '';
    onChange();
  };
  const toggle = async () => {
    if (endRecording) {
      const end = endRecording;
      endRecording = undefined;
      button.textContent = 'record';
      take([await end()]);
      return;
    }
    try {
      endRecording = await record();
      button.textContent = 'stop recording';
      notice.textContent = '';
    } catch {
      notice.textContent = 'No microphone is available, or access was denied. Choose a file instead.';
    }
  };
  button.addEventListener('click', toggle);
  files.addEventListener('change', () => {
    take([...(files.files ?? [])]);
    files.value = '';
  });
  takeDropped(find('#audio', HTMLElement), find('#audio-drop', HTMLElement), take);
  return { file: () => file };
}
