import { rm } from 'node:fs/promises';
import { BUNDLE, bundle } from './gateway.ts';

/** Bundles the Worker once for all tests of the project `node`: it takes two seconds of both cores. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await bundle();
  process.env[BUNDLE] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
