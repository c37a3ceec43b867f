import { z } from 'zod';

export const Transcript = z.object({
  text: z.string(),
  language: z.string().optional(),
  duration: z.union([z.number(), z.string()]).optional().describe('Seconds. Only with `verbose_json`.'),
  segments: z.array(z.looseObject({ start: z.number(), end: z.number(), text: z.string() })).optional(),
  words: z.array(z.looseObject({ word: z.string(), start: z.number(), end: z.number() })).optional(),
  usage: z.looseObject({}).optional().describe('Tokens or seconds, if the host counts them.'),
});

export const TranscriptEvent = z.looseObject({
  type: z.string().describe('`transcript.text.delta`, and `transcript.text.done` at the end.'),
  delta: z.string().optional(),
  text: z.string().optional(),
});

export const SpeechEvent = z.looseObject({
  type: z.string().describe('`speech.audio.delta`, and `speech.audio.done` at the end.'),
  audio: z.string().optional().describe('A piece of the sound in base64.'),
});
