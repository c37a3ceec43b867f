/** Formats that browsers record and the API takes, the preferred first. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/**
 * Records from the microphone, which is on only while it records.
 *
 * @returns {Promise<() => Promise<File>>} ends the recording
 * @throws {DOMException} if there is no microphone, or the user denies access
 */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = TYPES.find((candidate) => MediaRecorder.isTypeSupported(candidate));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  /** @type {Blob[]} */
  const pieces = [];
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  const { promise, resolve } = Promise.withResolvers();
  recorder.addEventListener('stop', resolve);
  recorder.start();
  return async () => {
    recorder.stop();
    await promise;
    for (const track of stream.getTracks()) track.stop();
    const [container = 'audio/webm'] = recorder.mimeType.split(';');
    return new File(pieces, `recording.${container.replace('audio/', '')}`, { type: container });
  };
}
