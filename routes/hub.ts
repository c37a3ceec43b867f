import * as z from 'zod/mini';
import { fillIn } from '../src/base/bytes/large-strings.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { MAX_ITEMS_BODY_BYTES, MAX_TEXT_BYTES } from '../src/base/sizes.ts';
import { type Call, deriveCall } from '../src/call/call.ts';
import { reportIgnored } from '../src/call/report.ts';
import type { JsonObject } from '../src/call/tasks.ts';
import { takesPictures, taskOf } from '../src/hosts/models/resolve.ts';
import { ignoredFields } from '../src/intake/known-fields.ts';
import { validate } from '../src/intake/validate.ts';
import { type Route, route, runRoute } from '../src/route.ts';
import { requireAccepted } from '../src/surfaces/hub/accepted.ts';
import { hubError, renamed } from '../src/surfaces/hub/errors.ts';
import { findTask, type HubTaskName } from '../src/surfaces/hub/find-task.ts';
import type { AnyHubTask } from '../src/surfaces/hub/hub-task.ts';
import { summarization, translation } from '../src/surfaces/hub/instructed.ts';
import { textGeneration } from '../src/surfaces/hub/text-generation.ts';
import { textToImage } from '../src/surfaces/hub/text-to-image.ts';
import { featureExtraction, sentenceSimilarity } from '../src/surfaces/hub/vectors.ts';
import { zeroShotClassification, zeroShotImageClassification } from '../src/surfaces/hub/zero-shot.ts';
import { chatCompletions } from './chat.ts';
import { classify } from './classify.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { imageGenerations } from './images.ts';
import { similarity } from './similarity.ts';

/** Each task, and the route that does it. */
const TASKS: Readonly<Record<HubTaskName, readonly [AnyHubTask, Route]>> = {
  'feature-extraction': [featureExtraction, embeddings],
  'sentence-similarity': [sentenceSimilarity, similarity],
  'zero-shot-classification': [zeroShotClassification, classify],
  'zero-shot-image-classification': [zeroShotImageClassification, classify],
  'text-to-image': [textToImage, imageGenerations],
  summarization: [summarization, chatCompletions],
  translation: [translation, chatCompletions],
  'text-generation': [textGeneration, completions],
};

/** Fields are checked by the task, or by the route that is run. */
const anyObject = lazy(() => z.looseObject({}));

/**
 * Where Hugging Face's clients send requests: to a model's URL, or to one below that of its provider
 * `hf-inference`.
 */
const PREFIXES = ['/models', '/hf-inference/models'];

/** POST /models/{id}/v1/…: OpenAI's routes below a model, whose name replaces the one in the body. */
const below = (prefix: string, target: Route) =>
  route({
    method: 'POST',
    path: `${prefix}/:id{.+}${target.path}`,
    access: target.access,
    schema: anyObject,
    takesUnknown: true,
    reaches: ['text-generation'],
    maxBytes: target.maxBytes ?? MAX_TEXT_BYTES,
    forwards: target.forwards ?? false,
    errorShape: hubError,
    run: (body, call) => runRoute(target, { ...body, model: call.params.id }, call),
  });

/**
 * POST /models/{id}, and /models/{id}/pipeline/{task}: the tasks of Hugging Face's inference API, so that its
 * clients work with the URL of a model. Docs: docs/compatibility.md
 */
const task = (prefix: string) =>
  route({
    method: 'POST',
    path: `${prefix}/:id{.+}`,
    access: 'any',
    schema: anyObject,
    takesUnknown: true,
    // The first decides the time limits.
    reaches: ['text-generation', 'embedding', 'text-to-image', 'zero-shot-image-classification'],
    pictures: { field: 'inputs', lists: ['candidate_labels'] },
    maxBytes: MAX_ITEMS_BODY_BYTES,
    errorShape: hubError,
    run: runTask,
  });

export const hubRoutes: readonly Route[] = PREFIXES.flatMap((prefix) => [
  below(prefix, chatCompletions),
  below(prefix, completions),
  task(prefix),
]);

async function runTask(input: JsonObject, call: Call): Promise<Response> {
  const [, model = '', named] = /^(.+?)(?:\/pipeline\/([^/]*))?$/.exec(call.params.id ?? '') ?? [];
  const sent = isFlat(input, call) ? nested(input) : input;
  const { settings, large } = call;
  const asked = { task: taskOf(model, settings), takesPictures: takesPictures(model, settings) };
  const name = named === undefined ? findTask(sent, asked, large) : requireTask(named);
  requireAccepted(name, sent, call);
  const [task, target] = TASKS[name];
  // What is not read as items has no placeholders.
  const body = large && !READ_ITEMS.has(target) ? fillIn(sent, large, () => false) : sent;
  reportIgnored(call.report, ignoredFields(task.schema(), body));
  const checked = validate(task.schema(), body);
  const request = { ...task.request(checked, large), model };
  // Of the routes, only images are asked for another type of answer.
  const headers = target === imageGenerations ? new Headers({ accept: 'image/*' }) : call.headers;
  try {
    return await task.answer(await runRoute(target, request, deriveCall(call, { headers })), checked, call);
  } catch (error) {
    throw renamed(error, task.nameOf);
  }
}

const READ_ITEMS: ReadonlySet<Route> = new Set([embeddings, similarity, classify]);

function requireTask(name: string): HubTaskName {
  if (Object.hasOwn(TASKS, name)) return name as HubTaskName;
  throw new ApiError('invalid_parameter', `The task in the path must be one of ${Object.keys(TASKS).join(', ')}.`, {
    param: 'task',
  });
}

/**
 * Whether the parameters stand beside the input, as they do if the body is not JSON: the picture itself, or a
 * form.
 */
function isFlat(input: JsonObject, { headers }: Call): boolean {
  return !/^application\/json\b/i.test(headers.get('content-type') ?? '') && !('parameters' in input);
}

function nested({ inputs, ...parameters }: JsonObject): JsonObject {
  return { inputs, parameters };
}
