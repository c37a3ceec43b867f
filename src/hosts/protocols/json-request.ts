import { ApiError } from '../../base/errors.ts';
import { USER_AGENT } from '../../base/user-agent.ts';
import type { Call } from '../../call/call.ts';
import type { Endpoint, Host } from '../../call/hosts.ts';
import type { UpstreamBody, UpstreamRequest } from '../upstream/transport.ts';

const JSON_HEADERS = { 'content-type': 'application/json', ...USER_AGENT };

/** A JSON request to a host that the operator configured. */
export function jsonRequest(host: Host, path: string, body: UpstreamBody, call: Call): UpstreamRequest {
  const { url, token } = endpointOf(host, call);
  return {
    name: host.name,
    url: `${url}${path}`,
    headers: { ...JSON_HEADERS, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body,
  };
}

/** Targets are chosen among the available ones, so the endpoint exists. */
export function endpointOf(host: Host, { settings }: Call): Endpoint {
  const endpoint = host.endpoint(settings);
  if (!endpoint) throw new ApiError('model_unavailable', `The setting ${host.requires} is not set.`);
  return endpoint;
}
