import * as z from 'zod/mini';
import { signToken } from '../src/access/client-tokens.ts';
import { subjectDigest } from '../src/access/subject.ts';
import { ApiError } from '../src/base/errors.ts';
import { lazy } from '../src/base/lazy.ts';
import { LIMIT_NAMES, type Limits } from '../src/base/limits.ts';
import { SCOPES } from '../src/base/scopes.ts';
import { MAX_SMALL_BODY_BYTES } from '../src/base/sizes.ts';
import { toSeconds } from '../src/base/to-seconds.ts';
import { withoutNulls } from '../src/base/without-nulls.ts';
import { taskOf } from '../src/hosts/models/resolve.ts';
import { maybe } from '../src/intake/maybe.ts';
import { route } from '../src/route.ts';
import type { Settings } from '../src/settings/settings.ts';
import { count, modelName } from './fields.ts';

const MIN_SECONDS = 10;
const DEFAULT_SECONDS = 600;
const MAX_SECONDS = 3_600;
const MAX_LIMIT = 1e12;

/** The fields of the caller's limits, with their names in the API. */
const limitFields = lazy(() =>
  z.strictObject(
    Object.fromEntries(
      LIMIT_NAMES.map((name) => [
        name,
        maybe(name === 'usd_per_day' ? z.number().check(z.gte(0), z.lte(MAX_LIMIT)) : count(0, MAX_LIMIT)),
      ]),
    ),
  ),
);

export const clientSecretRequest = lazy(() =>
  z.strictObject({
    expires_after: z.optional(
      z.strictObject({
        anchor: maybe(z.literal('created_at')),
        seconds: count(MIN_SECONDS, MAX_SECONDS),
      }),
    ),
    subject: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
    scopes: z.optional(z.array(z.enum(SCOPES)).check(z.minLength(1))),
    models: z.optional(z.array(modelName()).check(z.minLength(1), z.maxLength(50))),
    limits: z.optional(limitFields()),
    origin: z.optional(
      z.string().check(
        z.maxLength(200),
        z.refine((text) => URL.parse(text)?.origin === text, {
          error: 'must be an origin, such as https://app.example.com',
        }),
      ),
    ),
  }),
);

/**
 * POST /v1/client_secrets: a token for one app on one device, short-lived, and no wider than what issues it:
 * an API key, or the setting APP_CHECK for an app that proves itself by App Check. Source of the shape:
 * https://platform.openai.com/docs/api-reference/realtime-sessions/create-realtime-client-secret
 */
export const clientSecrets = route({
  method: 'POST',
  path: '/v1/client_secrets',
  access: 'key-or-app',
  schema: clientSecretRequest,
  maxBytes: MAX_SMALL_BODY_BYTES,
  async run({ expires_after, subject, scopes, models, limits: sent, origin }, { caller, settings }) {
    const limits = sent && withoutNulls(sent);
    requireWithin('scopes', scopes, caller.scopes);
    requireWithin('models', models, caller.models);
    requireModels(models, settings);
    const now = toSeconds(Date.now());
    const expiresAt = now + (expires_after?.seconds ?? DEFAULT_SECONDS);
    // Whoever reads a log or a token learns no name. Without a subject, each token is one.
    const sub = await subjectDigest(caller.account, subject ?? crypto.randomUUID());
    const claims = {
      iat: now,
      exp: expiresAt,
      sub,
      by: caller.issuer,
      scopes,
      models,
      limits: limits as Limits,
      origin,
    };
    const value = await signToken(claims, settings);
    return Response.json(
      {
        object: 'client_secret',
        value,
        expires_at: expiresAt,
        subject: sub,
        scopes: scopes ?? caller.scopes,
        models: models ?? caller.models,
        limits: limits ?? {},
        origin: origin ?? null,
      },
      { headers: { 'cache-control': 'no-store' } },
    );
  },
});

/**
 * A mistake in a name would otherwise only show in the app, as a model that it cannot use.
 *
 * @throws ApiError `model_not_found`
 */
function requireModels(names: readonly string[] | undefined, settings: Settings): void {
  const index = names?.findIndex((name) => taskOf(name, settings) === undefined) ?? -1;
  if (index < 0) return;
  throw new ApiError('model_not_found', `\`models[${index}]\` is no model. GET /v1/models lists all models.`, {
    param: `models[${index}]`,
  });
}

/** @throws ApiError `invalid_parameter` if more is asked for than the caller has */
function requireWithin<T>(name: string, asked: readonly T[] | undefined, allowed: 'all' | readonly T[]): void {
  if (!asked || allowed === 'all') return;
  const index = asked.findIndex((one) => !allowed.includes(one));
  if (index < 0) return;
  throw new ApiError('invalid_parameter', `\`${name}[${index}]\` is more than the key itself is allowed.`, {
    param: `${name}[${index}]`,
  });
}
