import { headers, ref } from './components.ts';
import { BYTES } from './describe-request.ts';
import type { Operation } from './operation.ts';
import type { Json, Recorded } from './parts.ts';

export function describeAnswer(operation: Operation, recorded: Recorded | undefined): Json {
  const {
    tag,
    request,
    answer,
    event,
    takesPictures,
    givesPictures,
    records,
    readsRun,
    namesModel,
    counts,
    others = {},
  } = operation;
  const hasModel = records || readsRun || namesModel;
  const onlyEvents = readsRun === 'events';
  const events = event ?? (onlyEvents ? answer : undefined);
  const stream = events && {
    'text/event-stream': {
      schema: {
        type: 'string',
        description: onlyEvents
          ? EVENTS
          : operation.hasNamedEvents
            ? NAMED_EVENTS
            : operation.onlyOthers
              ? 'With `stream_format: "sse"`: unnamed events with one JSON object each.'
              : UNNAMED_EVENTS,
        contentMediaType: 'application/json',
        contentSchema: ref('schemas', events.name),
      },
      ...(recorded?.stream ? { example: recorded.stream } : {}),
    },
  };
  const whole = {
    'application/json': {
      schema: ref('schemas', answer.name),
      ...(recorded ? { example: recorded.answer } : {}),
    },
  };
  const picture = givesPictures && {
    'image/*': { schema: BYTES },
  };
  const other = Object.fromEntries(
    Object.entries(others).map(([type, description]) => [type, { schema: { type: 'string', description } }]),
  );
  return {
    description: 'Success.',
    headers: headers(
      'x-request-id',
      'server-timing',
      ...(hasModel ? (['x-cedalion-model', 'x-cedalion-target', 'x-cedalion-attempts'] as const) : []),
      ...(counts ? (['x-cedalion-model', 'x-cedalion-tokens'] as const) : []),
      ...(tag === 'Prompts' && request ? (['x-cedalion-prompt'] as const) : []),
      ...(readsRun ? (['x-run-id'] as const) : []),
      ...(takesPictures || records ? (['cache-status'] as const) : []),
      ...(records ? (['age'] as const) : []),
      ...(takesPictures || givesPictures ? (['x-cedalion-ignored'] as const) : []),
      ...(givesPictures ? (['x-cedalion-seed'] as const) : []),
    ),
    content: {
      ...(onlyEvents || operation.onlyOthers ? {} : whole),
      ...stream,
      ...picture,
      ...other,
    },
  };
}

const EVENTS =
  'Unnamed events with an id and one JSON object each, as the route of the run sends them, then `data: [DONE]`.';

const UNNAMED_EVENTS = 'With `stream: true`: unnamed events with one JSON object each, then `data: [DONE]`.';

const NAMED_EVENTS = 'With `stream: true`: events with one JSON object each, named by its `type`.';
