import { describe, expect, test } from 'vitest';
import { isSoak, times } from '../../test/support/soak.ts';
import { loadClip } from '../src/clip.ts';
import { loadImage } from '../src/image.ts';
import { loadText, type TextModel } from '../src/text.ts';
import { comparePictures, compareTexts } from './same-vector.ts';
import { fixtureModel, ownModel } from './start.ts';

const sizes = isSoak ? [2, 7, 64] : [2];

describe.each([1, 2])('with %i threads', (threads) => {
  test('a text has the same vector alone and beside texts of other lengths, bit for bit', async () => {
    const { vectors, ...differences } = await compareTexts(times(3, 40), {
      seed: threads,
      threads,
      inputs: times(40, 500),
    });
    expect(vectors).toBeGreaterThanOrEqual(73);
    expect(differences).toEqual({ different: 0, largestDifference: 0 });
  });

  test('a picture has the same vector alone and beside others, bit for bit', async () => {
    const { vectors, ...differences } = await comparePictures(sizes, { threads, inputs: times(4, 37) });
    expect(vectors).toBe(isSoak ? 73 : 2);
    expect(differences).toEqual({ different: 0, largestDifference: 0 });
  });
});

test('a text has the same vector with one and two threads, bit for bit', async () => {
  const [one, two] = await Promise.all([1, 2].map((threads) => loadClip(ownModel('tiny-clip'), { threads })));
  const texts = ['a cat', 'two red houses beside a tree'];
  expect((await two?.embedTexts(texts))?.vectors).toEqual((await one?.embedTexts(texts))?.vectors);
});

test('weights whose activations are scaled per batch are run one input at a time', async () => {
  const float = await loadClip(ownModel('tiny-clip'));
  expect(float.batched).toEqual({ text: true, image: true });
  const int8 = await loadClip(fixtureModel('random-clip'), { dtype: 'int8' });
  expect(int8.batched).toEqual({ text: false, image: false });
  const texts = ['a photo', 'a red cat of a blue house'];
  const { vectors } = await int8.embedTexts(texts);
  expect(int8.load().text.batches).toBe(2);
  for (const [i, text] of texts.entries()) {
    expect((await int8.embedTexts([text])).vectors[0]).toEqual(vectors[i]);
  }
});

test('a picture of one seed has the same bytes with one and two threads', async () => {
  const size = times(32, 256);
  const generate = async (threads: number) => {
    const image = await loadImage(ownModel('tiny-image'), { threads });
    return (await image.generate({ prompt: 'a red cat', width: size, height: size, seed: 7 })).rgb;
  };
  expect(Buffer.from(await generate(2)).equals(Buffer.from(await generate(1)))).toBe(true);
});

test('an answer is the same alone and while others are generated', async () => {
  const text = await loadText(ownModel('tiny-text'));
  const prompts = ['Hello!', 'What is 12 + 7?', 'Translate to French: the cat'];
  const alone: string[] = [];
  for (const prompt of prompts) alone.push(await answer(text, prompt));
  expect(await Promise.all(prompts.map((prompt) => answer(text, prompt)))).toEqual(alone);
});

async function answer(text: TextModel, content: string): Promise<string> {
  let all = '';
  for await (const part of text.generate({ messages: [{ role: 'user', content }], maxTokens: 40 })) all += part;
  return all;
}
