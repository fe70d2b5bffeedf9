import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP connection through the proxy. */
export interface ProxiedConnection {
  /** Bytes that the client sent so far. */
  readonly sent: number;
  readonly open: boolean;
}

/** A relay between a client and a server that can do to connections what networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Every connection so far, also closed ones. */
  readonly connections: readonly ProxiedConnection[];
  /** The next request on a connection that was used before is met by a reset: the server had closed it just then. */
  resetReused(times: number): void;
  /** The next `times` connections are reset at their first bytes. */
  resetNew(times: number): void;
  /** What is open falls silent in both directions and stays open: another network, a sleep, a VPN that is gone. */
  freezeOpen(): void;
  /** Says whether new connections are taken; those that are not are closed at once. */
  accept(taken: boolean): void;
  /** Resets everything that is open. */
  cut(): void;
}

interface Relayed {
  sent: number;
  requests: number;
  open: boolean;
  frozen: boolean;
  readonly client: Socket;
  readonly server: Socket;
}

/** Starts it on a free port of the loopback address. */
export async function startFaultProxy(target: {
  readonly port: number;
  readonly host?: string;
}): Promise<FaultProxy> {
  const relayed: Relayed[] = [];
  let resets = 0;
  let newResets = 0;
  let accepting = true;
  const listener = createServer((client) => {
    if (!accepting) return void client.resetAndDestroy();
    const server = connect(target.port, target.host ?? '127.0.0.1');
    const one: Relayed = { sent: 0, requests: 0, open: true, frozen: false, client, server };
    relayed.push(one);
    const end = (): void => {
      one.open = false;
      client.destroy();
      server.destroy();
    };
    let answered = true;
    client.on('data', (bytes) => {
      if (one.frozen) return;
      // Bytes after an answer begin another request.
      if (answered) one.requests += 1;
      answered = false;
      const first = one.requests === 1;
      if (first ? newResets > 0 : resets > 0) {
        if (first) newResets -= 1;
        else resets -= 1;
        client.resetAndDestroy();
        return end();
      }
      one.sent += bytes.length;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      answered = true;
      if (!one.frozen) client.write(bytes);
    });
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // A frozen connection does not even tell that the other side went.
        if (!one.frozen) end();
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo; // it listens on TCP
  return {
    port,
    connections: relayed,
    resetReused: (times) => void (resets = times),
    resetNew: (times) => void (newResets = times),
    freezeOpen() {
      for (const one of relayed) if (one.open) one.frozen = true;
    },
    accept: (taken) => void (accepting = taken),
    cut() {
      for (const one of relayed) if (one.open) one.client.resetAndDestroy();
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const one of relayed) {
          one.client.destroy();
          one.server.destroy();
        }
        listener.close(() => resolve());
      }),
  };
}
