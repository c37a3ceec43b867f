import type { Settings } from '../settings/settings.ts';
import type { HostOptions } from '../settings/settings-json.ts';
import type { Target } from './tasks.ts';

/**
 * What is known of a target: by the host's own line, and then by the operator's, of the host and of the
 * model.
 */
export function hostOptions({ host, upstreamModel }: Target, { hostOptions }: Settings): HostOptions | undefined {
  if (!hostOptions) return host.options;
  return { ...host.options, ...hostOptions[host.name], ...hostOptions[`${host.name}/${upstreamModel}`] };
}
