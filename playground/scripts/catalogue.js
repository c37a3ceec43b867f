import { ApiFailure, send } from './api.js';
import { askForKey, onKeyChange } from './key.js';

/**
 * @typedef {object} Entry an entry of GET /v1/models: an alias or a model
 * @property {string} id
 * @property {string} [task] not known of the models of a host
 * @property {boolean} available
 * @property {string | null} [resolves_to] the current model of an alias
 * @property {string} [note]
 * @property {string[]} [targets]
 * @property {string[]} requires settings, one of which must be set to make the entry available
 * @property {number | null} [logit_scale]
 * @property {string[]} [modalities]
 * @property {number | null} [context_length]
 * @property {{ input?: number, output?: number, picture?: number, minute?: number, request?: number }} [pricing]
 * in USD
 * @property {{ min: number, max: number, default: number, multiple_of: number }} [sizes]
 */

/** @type {Entry[]} */
let entries = [];
/** @type {Entry[]} */
let atHost = [];
/** @type {Promise<void> | undefined} */
let hostLoad;
/** @type {unknown} */
let failure;
const changes = new EventTarget();

export function allEntries() {
  return entries;
}

/** The error of the last load, if it failed. */
export function catalogueFailure() {
  return failure;
}

/** @param {string} id */
export function entryOf(id) {
  return entries.find((entry) => entry.id === id) ?? atHost.find((entry) => entry.id === id);
}

/** The models that the host of OPENAI_BASE_URL lists, once they are loaded. */
export function hostEntries() {
  return atHost;
}

/** Loads them, if that host is configured. What it does not list can be typed. */
export function loadHostModels() {
  const isConfigured = entries.some(({ targets }) => targets?.some((target) => target.startsWith('openai/')));
  if (isConfigured) {
    hostLoad ??= send('/v1/models?host=openai')
      .then(async ({ response }) => {
        atHost = (await response.json()).data;
        changes.dispatchEvent(new Event('change'));
      })
      .catch(() => {
        hostLoad = undefined;
      });
  }
  return hostLoad ?? Promise.resolve();
}

/** @param {() => void} listener called after each load, successful or not */
export function onCatalogue(listener) {
  changes.addEventListener('change', listener);
}

export async function loadCatalogue() {
  atHost = [];
  hostLoad = undefined;
  try {
    const { response } = await send('/v1/models');
    entries = (await response.json()).data;
    failure = undefined;
  } catch (error) {
    entries = [];
    failure = error;
    if (error instanceof ApiFailure && error.code === 'invalid_api_key') askForKey(error.message);
  }
  changes.dispatchEvent(new Event('change'));
}

export function startCatalogue() {
  onKeyChange(loadCatalogue);
  return loadCatalogue();
}
