import { afterAll, beforeAll } from 'vitest';
import { attackNumbers } from './numbers.ts';
import { attackScopes } from './scopes.ts';
import { attackTenancy } from './tenancy.ts';
import { startWorld, type World } from './world.ts';

/** Callers that try to get what is not theirs, on the Worker as it is deployed. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

attackTenancy(() => world);
attackScopes(() => world);
attackNumbers(() => world);
