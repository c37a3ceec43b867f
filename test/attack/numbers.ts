import { describe, expect, it } from 'vitest';
import { LIMIT_NAMES, type LimitName, type Limits } from '../../src/base/limits.ts';
import { isSoak, times } from '../support/soak.ts';
import { BODIES, pathOf } from './bodies.ts';
import { fieldsOf, ROUTES } from './routes.ts';
import { some } from './some.ts';
import type { World } from './world.ts';

/** Every number that JSON can write, at every field of every route: afterwards each limit still refuses. */

/** As JSON. What `JSON.stringify` cannot write is here, too. */
const NUMBERS = [
  ...['1e999', '-1e999', '-0', '0', '-1', '0.5', '1e308', '-1e308', '1e-400', '9007199254740992', '9007199254740993'],
  ...['99999999999999999999', '"1e999"', '"9"', '""', '[]', '[1e999]', '{"n":1e999}', 'null', 'true', '[[[1e999]]]'],
];
/** Fields that no document names, and that hosts or metering may read. */
const MORE = ['best_of', 'n', 'max_tokens', 'max_completion_tokens', 'max_new_tokens', 'prompt', 'usage', 'requests'];
/** Of the hub, in `parameters`. */
const PARAMETERS = ['max_new_tokens', 'best_of', 'num_return_sequences', 'max_length', 'width', 'num_inference_steps'];
/** Of forms: what metering, the gateway or a host may read as a number. */
const FORM_FIELDS = ['n', 'size', 'quality', 'seed', 'temperature', 'output_compression', 'partial_images', 'duration'];

/** What is far more than all requests use. */
const WIDE: Limits = {
  requests_per_minute: 1e6,
  requests_per_day: 1e6,
  concurrent_requests: 1e4,
  tokens_per_day: 1e12,
  images_per_day: 1e6,
  usd_per_day: 1e6,
};
/** What nothing fits in any more. */
const NARROW: Readonly<Record<LimitName, number>> = {
  requests_per_minute: 0,
  requests_per_day: 0,
  concurrent_requests: 0,
  tokens_per_day: 1,
  images_per_day: 0,
  usd_per_day: 0.000001,
};

export function attackNumbers(worldOf: () => World): void {
  describe('numbers', () => {
    it('leave every limit as it was, whatever is sent in whichever field', async () => {
      const world = worldOf();
      const key = await world.createKey({ id: 'numbers', limits: WIDE });
      let checks = 0;
      for (const route of ROUTES) {
        const bodies = bodiesOf(route);
        if (bodies.length === 0) continue;
        const subject = route;
        const token = await world.createToken(key, { subject, limits: WIDE });
        const sent = some(bodies, 100);
        for (const body of sent) {
          const { status, text } = await world.send(token, pathOf(route), { body });
          const said = [route, body instanceof FormData ? [...body].join() : body];
          expect([...said, status, text]).toEqual([...said, expect.toSatisfy(isExpected), expect.anything()]);
          checks++;
        }
        await requireCounting(world, token, sent.length, route);
        for (const name of some(LIMIT_NAMES, 3)) {
          const narrow = await world.createToken(key, { subject, limits: { [name]: NARROW[name] } });
          const [path, body] = name === 'images_per_day' ? IMAGES : CHAT;
          const refused = await world.send(narrow, path, { body });
          expect([route, name, refused.status]).toEqual([route, name, 429]);
        }
      }
      if (isSoak) await requireUsage(world, key);
      console.info(`numbers: ${checks} attempts`);
      expect(checks).toBeGreaterThan(times(20, 3_000));
    }, 600_000);
  });
}

const CHAT = ['/v1/chat/completions', { model: 'openai/m', messages: [{ role: 'user', content: 'hi' }] }] as const;
const IMAGES = ['/v1/images/generations', { model: 'tiny-image', prompt: 'hi' }] as const;

const isExpected = (status: number) => status < 500 || status === 502;

/** The usual body of a route with one field replaced, for each field and number. */
function bodiesOf(route: string): (string | FormData)[] {
  const usual = BODIES[route]?.();
  if (usual instanceof FormData) return formsOf(route);
  if (typeof usual !== 'object' || usual === null) return [];
  const fields = new Set([...Object.keys(usual), ...fieldsOf(route.split(' ')[1] ?? ''), ...MORE]);
  const single = [...fields].flatMap((field) => NUMBERS.map((number) => withField(usual, field, number)));
  // Two that are multiplied: infinite times nothing is NaN.
  const pairs = ['n', 'best_of'].flatMap((count) =>
    ['max_tokens', 'max_completion_tokens', 'max_output_tokens'].flatMap((most) =>
      [
        ['1e999', '0'],
        ['0', '1e999'],
        ['1e308', '1e308'],
        ['-1', '5'],
      ].map(([a = '', b = '']) =>
        withField(JSON.parse(withField(usual, most, '"PLACE"')), count, a).replace('"PLACE"', b),
      ),
    ),
  );
  const nested =
    route === 'POST /models/{id}'
      ? PARAMETERS.flatMap((name) => NUMBERS.map((number) => withField(usual, 'parameters', `{"${name}":${number}}`)))
      : [];
  return [...single, ...pairs, ...nested];
}

/** The usual form of a route with one field of text more, or another one, for each field and number. */
function formsOf(route: string): FormData[] {
  return FORM_FIELDS.flatMap((field) =>
    [...NUMBERS, 'Infinity', 'NaN', '0x10', '9'.repeat(400)].map((number) => {
      const form = BODIES[route]?.() as FormData;
      form.set(field, number);
      return form;
    }),
  );
}

function withField(body: object, field: string, json: string): string {
  return JSON.stringify({ ...body, [field]: '\u0001' }).replace('"\\u0001"', () => json);
}

/** An isolate leases at most 0.5% of what is left, and has not said yet what it used of it. */
const LEASED = 0.005;

/** What is left is a number, and no more than there was. */
async function requireCounting(world: World, token: string, sent: number, route: string): Promise<void> {
  const { status, headers } = await world.send(token, '/v1/models');
  expect([route, status]).toEqual([route, 200]);
  const left = Number(headers.get('x-ratelimit-remaining-tokens'));
  const most = WIDE.tokens_per_day as number;
  expect([route, Number.isSafeInteger(left), left >= most - sent * 2e9 - LEASED * most, left <= most]).toEqual([
    route,
    true,
    true,
    true,
  ]);
}

async function requireUsage(world: World, key: string): Promise<void> {
  // Usage is written two seconds later.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const { text } = await world.send(key, '/v1/usage');
  const { data } = JSON.parse(text) as { data: Record<string, unknown>[] };
  for (const row of data) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== 'string') expect([name, Number.isFinite(value)]).toEqual([name, true]);
    }
  }
  expect(data.length).toBeGreaterThan(0);
}
