import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** An address of the server behind the proxy. The first `times` answers there end after `bytes`. */
  address(id: string, bytes: number, times?: number): string;
  /** How many answers were cut at an address. */
  cuts(id: string): number;
  /** The bytes of the longest answer that an address has passed on whole, its headers included. */
  longest(id: string): number;
  stop(): Promise<void>;
}

interface Address {
  readonly bytes: number;
  readonly times: number;
  cuts: number;
  longest: number;
}

/**
 * Passes connections on to a server, and breaks them in the middle of answers: by a reset if the number of
 * bytes is odd, otherwise by closing them in order. Each address is a first part of the path, which the
 * server does not see.
 */
export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const addresses = new Map<string, Address>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let cut: Address | undefined;
    let passed = 0;
    client.on('data', (data) => {
      const head = data.toString('latin1');
      const id = /^[A-Z]+ \/([\w-]+)\//.exec(head)?.[1];
      // What is not the head of a request is its body, or the rest of it.
      if (id === undefined || !addresses.has(id)) return void upstream.write(data);
      cut = addresses.get(id);
      passed = 0;
      upstream.write(head.replace(`/${id}/`, '/'), 'latin1');
    });
    upstream.on('data', (data) => {
      if (!cut || cut.cuts >= cut.times || passed + data.length < cut.bytes) {
        passed += data.length;
        if (cut) cut.longest = Math.max(cut.longest, passed);
        client.write(data);
        return;
      }
      cut.cuts++;
      client.write(data.subarray(0, cut.bytes - passed), () => {
        if (cut && cut.bytes % 2 === 1) client.resetAndDestroy();
        else client.end();
        upstream.destroy();
      });
      upstream.removeAllListeners('data');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address(id, bytes, times = 1) {
      addresses.set(id, { bytes, times, cuts: 0, longest: 0 });
      return `${origin}/${id}`;
    },
    cuts: (id) => addresses.get(id)?.cuts ?? 0,
    longest: (id) => addresses.get(id)?.longest ?? 0,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
