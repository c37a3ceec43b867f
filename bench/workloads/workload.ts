import type { HttpRequest } from '../client.ts';
import type { Gateway, GatewayKind } from '../gateways.ts';

/** One kind of request, and the gateways that are compared on it. All are divided by the first of them. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly gateways: readonly [GatewayKind, ...GatewayKind[]];
  /** Part of `--quick`. */
  readonly quick?: boolean;
  /** The table it is a row of: the main one with every gateway, or the one of growth. */
  readonly tables: readonly ('main' | 'growth')[];
  /** Clients that send requests at the same time; 8 unless given. */
  readonly connections?: number;
  /** Requests of one block. Unless given, a block lasts for a time. */
  readonly requests?: number;
  /** How long a block takes at least, if not as long as the plan says. */
  readonly blockMs?: number;
  /**
   * How many different requests there are, in turns. All are sent once before the first block: their answers
   * are then stored, and too many for the memory of an isolate.
   */
  readonly distinct?: number;
  /** @param n a number that no other request has, or one below `distinct` */
  request(gateway: Gateway, n: number): HttpRequest;
  /** What a correct answer ends with: a gateway that answers wrongly would look cheap. */
  readonly endsWith?: string;
  readonly atLeastBytes: number;
}

/** A block of requests that take many milliseconds each. */
export const LARGE = { connections: 2, requests: 6 };

/** For titles: `5.2 MB`. */
export const megabytes = (bytes: number) => `${Number((bytes / 1e6).toFixed(1))} MB`;
