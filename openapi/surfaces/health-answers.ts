import { z } from 'zod';

export const Liveness = z.object({ status: z.literal('ok') });

export const Readiness = z.object({
  status: z.enum(['ok', 'degraded', 'unusable']),
  problems: z.array(z.string()).describe('What the operator must fix, one sentence each.'),
});
