import { z } from 'zod';
import { unixSeconds } from './shared-answers.ts';
import { CachedUsage } from './vectors-answers.ts';

const ClassifierFields = {
  id: z.string(),
  object: z.literal('classifier'),
  created_at: unixSeconds,
  updated_at: unixSeconds,
  name: z.string(),
  model: z.string().describe('The model whose vectors it compares. Inputs have to be of the same model.'),
  method: z.enum(['auto', 'prototype', 'ridge']),
  trained_method: z.enum(['prototype', 'ridge']).describe('What `auto` has chosen.'),
  examples: z.int().min(1),
  labels: z.array(z.object({ label: z.string(), examples: z.int().min(1) })),
};

const leaveOneOut = {
  examples: z.int().min(0).describe('Examples that were tested: those whose label has at least one other.'),
  accuracy: z.number().min(0).max(1).nullable().describe('The share that was right; null if none was tested.'),
};

export const Classifier = z.object({
  ...ClassifierFields,
  leave_one_out: z
    .object({
      ...leaveOneOut,
      confusion: z
        .array(z.array(z.int().min(0)))
        .describe(
          'How often the label of a column was predicted for the label of a row, both in the order of `labels`.',
        ),
    })
    .describe('What was predicted of each example by a classifier trained from all others.'),
  usage: CachedUsage.optional().describe('Of this request, if it had examples.'),
});

export const ClassifierList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ ...ClassifierFields, leave_one_out: z.object(leaveOneOut) })),
});

export const ClassifierExamples = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      label: z.string(),
      text: z.string().optional(),
      picture: z.string().optional().describe("The SHA-256 of the picture's file, in base64url."),
    }),
  ),
  has_more: z.boolean(),
  next: z.int().nullable().describe('`after` of the next page.'),
});

export const DeletedClassifier = z.object({
  id: z.string(),
  object: z.literal('classifier.deleted'),
  deleted: z.literal(true),
});
