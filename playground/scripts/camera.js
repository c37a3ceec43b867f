import { find } from './dom.js';

/**
 * Takes one photo with the camera, in a dialog. The camera is on only while the dialog is open.
 *
 * @param {(picture: Blob, name: string) => void} onPicture
 */
export function startCamera(onPicture) {
  const dialog = find('#camera-dialog', HTMLDialogElement);
  const video = find('#camera-video', HTMLVideoElement);
  const shutter = find('#camera-shutter', HTMLButtonElement);
  const problem = find('#camera-problem', HTMLElement);
  /** @type {MediaStream | undefined} */
  let stream;

  find('#camera-open', HTMLButtonElement).addEventListener('click', async () => {
    problem.textContent = '';
    shutter.disabled = true;
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      // The user may have closed the dialog while the browser asked for permission.
      if (!dialog.open) return release();
      video.srcObject = stream;
      await video.play();
      shutter.disabled = false;
    } catch {
      problem.textContent = 'No camera is available, or access was denied. Add an image file instead.';
    }
  });
  shutter.addEventListener('click', async () => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    onPicture(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }), 'photo.jpg');
    dialog.close();
  });
  find('#camera-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', release);

  function release() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.srcObject = null;
  }
}
