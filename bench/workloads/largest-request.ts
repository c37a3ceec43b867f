import type { HttpRequest } from '../client.ts';
import type { Gateway } from '../gateways.ts';

/** A request that holds the most memory of its route. */
export interface LargestRequest {
  readonly name: string;
  readonly title: string;
  build(gateway: Gateway): HttpRequest;
  /** Requests that another isolate answers before. */
  before?(gateway: Gateway): HttpRequest[];
}
