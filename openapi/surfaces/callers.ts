import { clientSecretRequest } from '../../routes/client-secrets.ts';
import { JSON_BODY, KEYED, type Operation } from '../operation.ts';
import { CacheDeletion, ClientSecret, UsageList } from './callers-answers.ts';

export const callers: readonly Operation[] = [
  {
    id: 'createClientSecret',
    method: 'post',
    path: '/v1/client_secrets',
    tag: 'Callers',
    summary: 'Create a client token',
    description:
      'A short-lived token for an app on one device, no wider than the key that creates it. Apps that use App Check create their own: with the header `X-Firebase-AppCheck` instead of a key. Unknown fields are rejected. The body has at most 1 MiB.',
    request: { name: 'ClientSecretRequest', schema: clientSecretRequest() },
    answer: { name: 'ClientSecret', schema: ClientSecret },
    errors: [
      ...KEYED,
      ...JSON_BODY,
      'invalid_app_check',
      'scope_missing',
      'tokens_not_configured',
      'app_check_unavailable',
    ],
    example: { body: { subject: 'user-42', scopes: ['text'], limits: { requests_per_minute: 20, usd_per_day: 0.5 } } },
  },
  {
    id: 'getUsage',
    method: 'get',
    path: '/v1/usage',
    tag: 'Callers',
    summary: 'Get usage by day and model, or by subject',
    description:
      "A key sees its own usage, which includes that of its tokens. A key of `API_KEYS` sees the usage of all keys. Usage appears two seconds after a request at the latest, and is kept for 400 days. Costs are computed from the operator's prices, or from default prices. A count that is damaged in storage is null: unknown. `by=subject` has one row per day and subject of client tokens, the largest first; `subject` selects one, by its name at `/v1/client_secrets` or by its digest.",
    query: {
      from: 'First day (UTC), such as 2026-11-01. The default is 29 days before `to`.',
      to: 'Last day (UTC). The default is today.',
    },
    answer: { name: 'UsageList', schema: UsageList },
    errors: [...KEYED, 'invalid_parameter', 'scope_missing'],
    example: {},
  },
  {
    id: 'deleteCache',
    method: 'delete',
    path: '/v1/cache',
    tag: 'Callers',
    summary: 'Delete cached answers',
    description:
      'From now on, no answer is found that was stored for requests of this key, and of all its tokens: within 60 s everywhere. What is stored expires at the end of its time. Vectors are no answers: they stay.',
    answer: { name: 'CacheDeletion', schema: CacheDeletion },
    errors: [...KEYED, 'scope_missing'],
    example: {},
  },
];
