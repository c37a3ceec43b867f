import { type Operation, ROUTE } from '../operation.ts';
import { Liveness, Readiness } from './health-answers.ts';

export const health: readonly Operation[] = [
  {
    id: 'checkLiveness',
    method: 'get',
    path: '/livez',
    tag: 'Health',
    summary: 'Check that the Worker runs',
    description: 'Calls no host.',
    answer: { name: 'Liveness', schema: Liveness },
    open: true,
    errors: ROUTE,
    example: {},
  },
  {
    id: 'checkReadiness',
    method: 'get',
    path: '/readyz',
    tag: 'Health',
    summary: 'Check the configuration',
    description:
      '`ok`, or `degraded` if an unusable setting affects some models only. `unusable`, with status 503, if `API_KEYS` is missing or unusable.',
    answer: { name: 'Readiness', schema: Readiness },
    open: true,
    errors: ROUTE,
    example: {},
  },
];
