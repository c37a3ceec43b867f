import { pngOf } from '../../support/pictures.ts';
import type { Case } from '../case.ts';

/** Requests to whisper-server and sd-server. */

/** A tone of 2 s, as WAV. */
function tone(): Blob {
  const samples = 32_000;
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(16_000, 24);
  bytes.writeUInt32LE(32_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) bytes.writeInt16LE(Math.round(8_000 * Math.sin(i / 8)), 44 + 2 * i);
  return new Blob([bytes], { type: 'audio/wav' });
}

const file = tone();
const forms: Readonly<Record<string, Record<string, string | Blob>>> = {
  plain: { file },
  ...Object.fromEntries(
    ['json', 'text', 'srt', 'vtt', 'verbose_json'].map((format) => [format, { file, response_format: format }]),
  ),
  'a language': { file, language: 'en' },
  'a prompt': { file, prompt: 'w1 w2' },
  'a stream': { file, stream: 'true' },
  'a file that is no sound': { file: new Blob(['hello'], { type: 'audio/wav' }) },
  'no file': { language: 'en' },
};

/** Without a try at a higher temperature, whose numbers at random go on from one request to the next. */
const GREEDY = { temperature: '0', temperature_inc: '0' };

export const whisperCases: readonly Case[] = [
  ...Object.entries(forms).map(
    ([name, form]): Case => ({
      name: `transcription: ${name}`,
      host: 'whisper',
      path: '/audio/transcriptions',
      body: { form: { ...form, ...GREEDY } },
    }),
  ),
  { name: 'translation', host: 'whisper', path: '/audio/translations', body: { form: { file, ...GREEDY } } },
];

const image = new Blob([pngOf(64, 64)], { type: 'image/png' });
const size = '64x64';
const generations: Readonly<Record<string, object>> = {
  plain: { prompt: 'a cat', size },
  'two pictures': { prompt: 'a cat', size, n: 2 },
  'another size': { prompt: 'a cat', size: '128x64' },
  jpeg: { prompt: 'a cat', size, output_format: 'jpeg' },
  'a format that is none': { prompt: 'a cat', size, output_format: 'bmp' },
  'no prompt': { prompt: '', size },
};
const edits: Readonly<Record<string, Record<string, string | Blob>>> = {
  plain: { prompt: 'a dog', size, image },
  'two pictures': { prompt: 'a dog', size, n: '2', image },
  'a mask': { prompt: 'a dog', size, image, mask: image },
  'no picture': { prompt: 'a dog', size },
};

export const diffusionCases: readonly Case[] = [
  ...Object.entries(generations).map(
    ([name, body]): Case => ({
      name: `generation: ${name}`,
      host: 'diffusion',
      path: '/images/generations',
      body,
      as: 'pictures',
    }),
  ),
  ...Object.entries(edits).map(
    ([name, form]): Case => ({
      name: `edit: ${name}`,
      host: 'diffusion',
      path: '/images/edits',
      body: { form },
      as: 'pictures',
    }),
  ),
];
