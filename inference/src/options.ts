import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BACKGROUNDS, type Background } from './pictures/decode.ts';
import { DTYPES, type Dtype } from './source.ts';

/** The tiny models trained by this project. Served by default. */
export const OWN_MODELS = join(import.meta.dirname, '..', 'models');

/** As a model: turns the task off. As the token: turns authentication off. */
export const NONE = 'none';

/** Every option can be set by a flag or an environment variable: `--logit-scale`, `INFERENCE_LOGIT_SCALE`. */
const DEFAULTS = {
  text: join(OWN_MODELS, 'tiny-text'),
  clip: join(OWN_MODELS, 'tiny-clip'),
  image: join(OWN_MODELS, 'tiny-image'),
  'text-name': '',
  'clip-name': '',
  'image-name': '',
  host: '127.0.0.1',
  port: '8788',
  token: '',
  dtype: '',
  threads: '',
  'logit-scale': '',
  'logit-bias': '',
  background: 'white',
  cache: join(homedir(), '.cache', 'cedalion'),
  grace: '5',
};

type Name = keyof typeof DEFAULTS;

export interface Options {
  /** A folder, a hub id or `none`. */
  text: string;
  clip: string;
  image: string;
  /** The model names that clients use, if they differ from the folder's name or hub id. */
  textName: string | undefined;
  clipName: string | undefined;
  imageName: string | undefined;
  host: string;
  port: number;
  /** Undefined: no authentication. */
  token: string | undefined;
  dtype: Dtype | undefined;
  threads: number | undefined;
  logitScale: number | undefined;
  logitBias: number | undefined;
  /** What transparent pixels become before CLIP. */
  background: Background;
  /** Folder that caches models from the hub. */
  cache: string;
  /** Seconds that running requests get to finish after SIGTERM or SIGINT. */
  graceSeconds: number;
}

/** @throws Error with a one-line message that names the invalid option and its allowed values. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options {
  const names = Object.keys(DEFAULTS) as Name[];
  const { values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
  const read = (name: Name): string => {
    const variable = `INFERENCE_${name.toUpperCase().replaceAll('-', '_')}`;
    return String(values[name] ?? environment[variable] ?? DEFAULTS[name]);
  };
  const number = (name: Name, min: number, max: number): number | undefined => {
    const text = read(name);
    if (text === '') return undefined;
    const value = Number(text);
    if (value >= min && value <= max) return value;
    throw new Error(`--${name} must be a number from ${min} to ${max}, not "${text}".`);
  };
  const whole = (name: Name, min: number, max: number): number | undefined => {
    const value = number(name, min, max);
    if (value === undefined || Number.isInteger(value)) return value;
    throw new Error(`--${name} must be a whole number from ${min} to ${max}, not "${value}".`);
  };
  const host = read('host');
  return {
    text: read('text'),
    clip: read('clip'),
    image: read('image'),
    textName: read('text-name') || undefined,
    clipName: read('clip-name') || undefined,
    imageName: read('image-name') || undefined,
    host,
    port: whole('port', 0, 65_535) ?? 0,
    token: readToken(read('token'), host),
    dtype: readDtype(read('dtype')),
    threads: whole('threads', 1, 1024),
    logitScale: number('logit-scale', 0, 1e6),
    logitBias: number('logit-bias', -1e6, 1e6),
    background: readBackground(read('background')),
    cache: read('cache'),
    graceSeconds: number('grace', 0, 3600) ?? 0,
  };
}

/** Secure by default: a host that other machines can reach requires a token or an explicit `none`. */
function readToken(token: string, host: string): string | undefined {
  if (token === NONE) return undefined;
  if (token !== '') return token;
  if (['127.0.0.1', '::1', 'localhost'].includes(host)) return undefined;
  throw new Error(
    `Host ${host} is reachable from other machines. Set INFERENCE_TOKEN, or --token ${NONE} to turn authentication off.`,
  );
}

function readDtype(text: string): Dtype | undefined {
  if (text === '') return undefined;
  if (Object.hasOwn(DTYPES, text)) return text as Dtype;
  throw new Error(`--dtype must be one of ${Object.keys(DTYPES).join(', ')}, not "${text}".`);
}

function readBackground(text: string): Background {
  const background = BACKGROUNDS.find((known) => known === text);
  if (background) return background;
  throw new Error(`--background must be one of ${BACKGROUNDS.join(', ')}, not "${text}".`);
}
