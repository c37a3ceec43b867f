import { describe, expect, it } from 'vitest';
import { isSoak, times } from '../support/soak.ts';
import { BODIES, EXAMPLES, pathOf } from './bodies.ts';
import { ROUTES } from './routes.ts';
import { some } from './some.ts';
import type { Answer, World } from './world.ts';

/** Two keys and two client tokens of each, with the same subjects, try to reach what the others have. */

interface Caller {
  readonly name: string;
  readonly credential: string;
  readonly account: string;
  readonly isKey: boolean;
  /** In all that it sends, so that it is found in all that others get. */
  readonly marker: string;
}

type Kind = 'run' | 'response' | 'classifier' | 'endpoint';

/**
 * What a route has of callers: one thing, of which others must find nothing; a list of their own; what they
 * send; nothing.
 */
type Row =
  | { readonly of: Kind; readonly body?: object; readonly also?: 'account' }
  | { readonly list: Kind | 'usage' }
  | { readonly own: string }
  | 'nothing';

const TABLE: Readonly<Record<string, Row>> = {
  'POST /v1/chat/completions': { own: 'an answer by its idempotency key' },
  'POST /v1/completions': { own: 'an answer by its idempotency key' },
  'POST /v1/responses': { own: 'an answer by its idempotency key' },
  'POST /v1/responses/input_tokens': { own: 'a count by its idempotency key' },
  'POST /v1/messages': { own: 'an answer by its idempotency key' },
  'POST /v1/messages/count_tokens': { own: 'a count by its idempotency key' },
  'GET /v1/responses/{id}': { of: 'response' },
  'GET /v1/responses/{id}/input_items': { of: 'response' },
  'POST /v1/responses/{id}/cancel': { of: 'response', body: {} },
  'DELETE /v1/responses/{id}': { of: 'response' },
  'POST /v1/embeddings': { own: 'an answer by its idempotency key' },
  'POST /v1/similarity': { own: 'an answer by its idempotency key' },
  'POST /v1/classify': { of: 'classifier', body: { input: 'x' }, also: 'account' },
  'POST /v1/classifiers': { own: 'an answer by its idempotency key' },
  'GET /v1/classifiers': { list: 'classifier' },
  'GET /v1/classifiers/{id}': { of: 'classifier', also: 'account' },
  'GET /v1/classifiers/{id}/examples': { of: 'classifier' },
  'PATCH /v1/classifiers/{id}': { of: 'classifier', body: { name: 'taken' } },
  'DELETE /v1/classifiers/{id}': { of: 'classifier' },
  'POST /v1/images/generations': { own: 'an answer by its idempotency key' },
  'POST /v1/images/edits': { own: 'an answer by its idempotency key' },
  'POST /v1/audio/transcriptions': { own: 'an answer by its idempotency key' },
  'POST /v1/audio/translations': { own: 'an answer by its idempotency key' },
  'POST /v1/audio/speech': { own: 'an answer by its idempotency key' },
  'POST /v1/rerank': { own: 'an answer by its idempotency key' },
  'POST /v1/moderations': { own: 'an answer by its idempotency key' },
  'POST /models/{id}': { own: 'an answer by its idempotency key' },
  'GET /v1/runs': { list: 'run' },
  'GET /v1/runs/{id}': { of: 'run' },
  'POST /v1/runs/{id}/cancel': { of: 'run', body: {} },
  'GET /v1/runs/{id}/events': { of: 'run' },
  'GET /v1/runs/{id}/result': { of: 'run' },
  'GET /v1/prompts': 'nothing',
  'GET /v1/prompts/{name}': 'nothing',
  'POST /v1/prompts/{name}': { own: 'an answer by its idempotency key' },
  'POST /v1/prompts/{name}/render': { own: 'an answer by its idempotency key' },
  'POST /v1/webhook_endpoints': { own: 'an answer by its idempotency key' },
  'GET /v1/webhook_endpoints': { list: 'endpoint' },
  'GET /v1/webhook_endpoints/{id}': { of: 'endpoint' },
  'POST /v1/webhook_endpoints/{id}': { of: 'endpoint', body: { name: 'taken' } },
  'DELETE /v1/webhook_endpoints/{id}': { of: 'endpoint' },
  'POST /v1/webhook_endpoints/{id}/rotate_secret': { of: 'endpoint', body: {} },
  'POST /v1/webhook_endpoints/{id}/test': { of: 'endpoint', body: {} },
  'GET /v1/webhook_endpoints/{id}/deliveries': { of: 'endpoint' },
  'POST /v1/webhook_endpoints/{id}/deliveries/{event}/redeliver': { of: 'endpoint', body: {} },
  'POST /v1/hooks/{name}': 'nothing',
  'POST /mcp': 'nothing',
  'GET /v1/models': 'nothing',
  'GET /v1/models/{id}': 'nothing',
  'POST /v1/client_secrets': { own: 'a token by its idempotency key' },
  'GET /v1/usage': { list: 'usage' },
  // What another caller has stored stays: npm run chaos -- --cache.
  'DELETE /v1/cache': 'nothing',
  'GET /livez': 'nothing',
  'GET /readyz': 'nothing',
};

export function attackTenancy(worldOf: () => World): void {
  describe('tenancy', () => {
    it('has a row for each route of /openapi.json', () => {
      expect(Object.keys(TABLE).toSorted()).toEqual(ROUTES.toSorted());
    });

    it('holds on every route between two keys and four of their tokens', async () => {
      const world = worldOf();
      const callers = await createCallers(world);
      const things = new Map<Caller, Partial<Record<Kind, string>>>();
      for (const caller of callers) things.set(caller, await createThings(world, caller));
      const before = await look(world, callers, things);
      let checks = 0;
      for (const [route, row] of Object.entries(TABLE)) {
        if (typeof row === 'string' || !('of' in row)) continue;
        for (const [owner, { [row.of]: id }] of things) {
          if (id === undefined) continue;
          for (const other of some(callers, 8)) {
            if (isAllowed(row, owner, other)) continue;
            const answer = await reach(world, route, row, id, other);
            expect([route, owner.name, other.name, answer.status]).toEqual([
              route,
              owner.name,
              other.name,
              expect.toSatisfy((status: number) => status === 404 || status === 403),
            ]);
            expect(answer.text).not.toContain(owner.marker);
            checks++;
          }
        }
      }
      checks += await checkLists(world, callers, things);
      checks += await checkIdempotency(world, callers);
      // Nobody has lost or changed anything.
      expect(await look(world, callers, things)).toEqual(before);
      console.info(`tenancy: ${checks} attempts`);
      expect(checks).toBeGreaterThan(times(30, 500));
    }, 120_000);
  });
}

async function createCallers(world: World): Promise<Caller[]> {
  const callers: Caller[] = [];
  for (const account of ['tenant-a', 'tenant-b']) {
    const key = await world.createKey({ id: account });
    callers.push(callerOf(account, account, key, true));
    for (const subject of ['one', 'two']) {
      const token = await world.createToken(key, { subject });
      callers.push(callerOf(`${account}/${subject}`, account, token, false));
    }
  }
  return callers;
}

function callerOf(name: string, account: string, credential: string, isKey: boolean): Caller {
  return { name, account, credential, isKey, marker: `secret-of-${name.replace('/', '-')}-end` };
}

const chatOf = ({ marker }: Caller) => ({ model: 'openai/m', messages: [{ role: 'user', content: marker }] });

async function createThings(world: World, caller: Caller): Promise<Partial<Record<Kind, string>>> {
  const { credential, marker, isKey } = caller;
  const send = (path: string, body: object, headers = {}) => world.send(credential, path, { body, headers });
  const run = await send('/v1/chat/completions', chatOf(caller), { prefer: 'respond-async' });
  const response = await send('/v1/responses', { model: 'openai/m', input: marker, store: true });
  const things = { run: idIn(run), response: idIn(response) };
  await world.send(credential, `/v1/runs/${things.run}/result`, { headers: { prefer: 'wait=10' } });
  if (!isKey) return things;
  const classifier = { name: marker, model: 'openai/e', examples: EXAMPLES };
  const endpoint = { url: `https://${caller.account}.example.com/${marker}` };
  return {
    ...things,
    classifier: idIn(await send('/v1/classifiers', classifier)),
    endpoint: idIn(await send('/v1/webhook_endpoints', endpoint)),
  };
}

function idIn({ status, text }: Answer): string {
  if (status >= 300) throw new Error(`Nothing was created: ${status} ${text}`);
  return (JSON.parse(text) as { id: string }).id;
}

function isAllowed({ also }: { readonly also?: 'account' }, owner: Caller, other: Caller): boolean {
  return other === owner || (also === 'account' && other.account === owner.account);
}

type OneThing = Extract<Row, { of: Kind }>;

function reach(world: World, route: string, row: OneThing, id: string, { credential }: Caller): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const body = route === 'POST /v1/classify' ? { ...row.body, classifier_id: id } : row.body;
  return world.send(credential, path.replace('{id}', id).replace('{event}', 'evt_1'), { method, body });
}

/** What each caller sees of its own. */
async function look(
  world: World,
  callers: readonly Caller[],
  things: ReadonlyMap<Caller, Partial<Record<Kind, string>>>,
) {
  const seen: Record<string, unknown> = {};
  for (const caller of callers) {
    const { run, response, classifier, endpoint } = things.get(caller) ?? {};
    for (const path of [
      `/v1/runs/${run}/result`,
      `/v1/responses/${response}`,
      ...(classifier ? [`/v1/classifiers/${classifier}`] : []),
      ...(endpoint ? [`/v1/webhook_endpoints/${endpoint}`] : []),
    ]) {
      const { status, text } = await world.send(caller.credential, path);
      expect([path, status]).toEqual([path, 200]);
      seen[`${caller.name} ${path}`] = text;
    }
  }
  return seen;
}

async function checkLists(
  world: World,
  callers: readonly Caller[],
  things: ReadonlyMap<Caller, Partial<Record<Kind, string>>>,
): Promise<number> {
  let checks = 0;
  for (const [route, row] of Object.entries(TABLE)) {
    if (typeof row === 'string' || !('list' in row)) continue;
    for (const caller of callers) {
      const { status, text } = await world.send(caller.credential, route.split(' ')[1] ?? '');
      expect([200, 403]).toContain(status);
      for (const other of callers) {
        if (other.account === caller.account && (other === caller || row.list !== 'run')) continue;
        expect(text).not.toContain(other.marker);
        const id = row.list === 'usage' ? `"${other.account}"` : things.get(other)?.[row.list];
        if (id) expect([route, caller.name, text]).not.toEqual([route, caller.name, expect.stringContaining(id)]);
        checks++;
      }
    }
  }
  return checks;
}

/** The same key and the same body of another caller is another request. */
async function checkIdempotency(world: World, callers: readonly Caller[]): Promise<number> {
  let checks = 0;
  for (const [route, row] of some(Object.entries(TABLE), 4)) {
    if (typeof row === 'string' || !('own' in row)) continue;
    const body = BODIES[route];
    if (!body) throw new Error(`${route} has no body.`);
    const runs = new Set<string>();
    for (const { credential } of isSoak ? callers : callers.filter(({ isKey }) => isKey)) {
      const headers = { 'idempotency-key': 'the-same' };
      const answer = await world.send(credential, pathOf(route), { body: body(), headers });
      expect([route, answer.headers.get('idempotent-replayed')]).toEqual([route, null]);
      if (answer.status === 403) continue;
      const run = answer.headers.get('x-run-id') ?? '';
      expect([route, answer.status, runs.has(run)]).toEqual([route, answer.status, false]);
      runs.add(run);
      checks++;
    }
    expect(runs.size).toBeGreaterThanOrEqual(2);
  }
  return checks;
}
