import { connect, type AddressInfo } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Identity } from '../../shared/rehearsal/certificate.ts';

/** A server that speaks TLS in front of one that does not. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Bytes that clients sent once they took it for whom it says it is. */
  readonly heard: number;
  /** Every handshake from now on is with these. */
  shows(identity: Identity): void;
  /** Ends what is open. */
  cut(): void;
}

/** Starts it on a free port of the loopback address. */
export async function startTlsFront(
  target: { readonly port: number },
  { cert, key }: Identity,
  more: TlsOptions = {},
): Promise<TlsFront> {
  const open = new Set<TLSSocket>();
  let heard = 0;
  const server = createServer({ cert, key, ...more }, (client) => {
    open.add(client);
    const behind = connect(target.port, '127.0.0.1');
    const end = (): void => {
      open.delete(client);
      client.destroy();
      behind.destroy();
    };
    client.on('data', (bytes: Buffer) => {
      heard += bytes.length;
      behind.write(bytes);
    });
    behind.on('data', (bytes: Buffer) => client.write(bytes));
    for (const side of [client, behind]) {
      side.on('error', end);
      side.on('close', end);
      side.on('end', end);
    }
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP
  const cut = (): void => open.forEach((client) => client.destroy());
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    get heard() {
      return heard;
    },
    shows: (identity) => server.setSecureContext({ cert: identity.cert, key: identity.key }),
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
