import { MAX_LOADED_PICTURE_BYTES } from '../../base/sizes.ts';
import type { Call } from '../../call/call.ts';
import { inParallel } from '../../call/in-parallel.ts';
import { fetchPicture, type Picture, type RemotePicture } from './pictures.ts';

const CONCURRENT_FETCHES = 6;

/**
 * Fetches pictures in rounds: each round holds as many pictures as fit into the memory that a request may
 * use, and the next one begins when the consumer has finished with it. Small pictures are all in the first
 * round.
 *
 * @throws ApiError of the first picture that cannot be fetched
 */
export async function* loadPictures<Remote extends RemotePicture>(
  remotes: readonly Remote[],
  call: Call,
): AsyncGenerator<(readonly [Remote, Picture])[]> {
  let left = remotes;
  const sizes: Sizes = { largest: 0 };
  for (let concurrency = CONCURRENT_FETCHES; left.length > 0; concurrency = 1) {
    const round = await loadRound(left, concurrency, sizes, call);
    const loaded = new Set(round.map(([remote]) => remote));
    left = left.filter((remote) => !loaded.has(remote));
    yield round;
  }
}

/** What the first round teaches the others: a picture that would not fit is not fetched in vain. */
interface Sizes {
  largest: number;
}

async function loadRound<Remote extends RemotePicture>(
  remotes: readonly Remote[],
  concurrency: number,
  sizes: Sizes,
  call: Call,
): Promise<(readonly [Remote, Picture])[]> {
  const round: (readonly [Remote, Picture])[] = [];
  let reserved = 0;
  let isFull = false;
  await inParallel(remotes, concurrency, call, async (remote, part) => {
    isFull ||= concurrency === 1 && reserved > 0 && reserved + sizes.largest > MAX_LOADED_PICTURE_BYTES;
    if (isFull) return;
    let own = 0;
    const picture = await fetchPicture(remote, part, (bytes) => {
      // A picture that is alone always fits.
      if (reserved > own && reserved + bytes > MAX_LOADED_PICTURE_BYTES) return false;
      own += bytes;
      reserved += bytes;
      sizes.largest = Math.max(sizes.largest, own);
      return true;
    });
    if (picture) {
      round.push([remote, picture]);
      return;
    }
    isFull = true;
    reserved -= own;
  });
  return round;
}
