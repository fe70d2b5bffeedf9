import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { consul } from '../../shared/connectors/consul/connector.ts';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import { eureka } from '../../shared/connectors/eureka/connector.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import type { Connector, ConnectorHost } from '../../shared/connectors/kit/connector.ts';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';

const host: ConnectorHost = {
  connectionId: 'c',
  clock: { now: Date.now, sleep: () => Promise.resolve() },
  random: { id: () => 'id', fraction: () => 0.5 },
  log: { info: () => undefined, warn: () => undefined },
  ownPorts: () => [],
  lent: {},
};
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers everything in one way; gives its address. */
async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => {
    response.on('error', () => undefined);
    answer(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // Listening on TCP.
}

/** Writes as fast as it is read, until the other end has enough. */
function pour(response: ServerResponse, chunk: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

const mebibyte = 1024 * 1024;
const floods: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['a body without end', (response) => pour(response, Buffer.alloc(64 * 1024, 32))],
  [
    'a small body that unpacks to a thousand times its size',
    (response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(Buffer.alloc(200 * mebibyte, 32)));
    },
  ],
];
const json = { 'content-type': 'application/json' };
const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const systems: readonly (readonly [string, Connector<unknown>])[] = [
  ['Consul', consul],
  ['Envoy', envoy],
  ['Eureka', eureka],
];

async function failureOf(opening: Promise<unknown>): Promise<unknown> {
  return opening.then(
    () => new Error('it was taken'),
    (error: unknown) => error,
  );
}

describe('H10 a peer that floods', () => {
  test.each(floods)('H10 with %s is cut off at the limit, in words', async (_, flood) => {
    const transport = await createOriginTransport({ address: await serve(flood), headers: [] }, host);
    const asked = transport.request({
      method: 'GET',
      path: '/',
      signal: AbortSignal.timeout(60_000),
      maxBytes: 8 * mebibyte,
    });
    const error = await failureOf(asked);
    expect(error).toBeInstanceOf(PeerError);
    expect(error).toMatchObject({ kind: 'tooLarge', message: expect.stringContaining('8 MiB') as string });
    transport.close();
  });

  test.each(systems)('H10 with JSON nested 100,000 deep is not taken for %s', async (_, connector) => {
    const address = await serve((response) => {
      response.writeHead(200, json);
      response.end(nested);
    });
    const settings = connector.form?.parse({ address, addresses: address }) ?? {};
    const error = await failureOf(connector.open(settings, host));
    expect(error).toBeInstanceOf(PeerError);
  });

  test.each(systems)('H10 with a body without end does not open as %s', async (_, connector) => {
    const address = await serve((response) => {
      response.writeHead(200, json);
      pour(response, Buffer.alloc(mebibyte, 32));
    });
    const settings = connector.form?.parse({ address, addresses: address }) ?? {};
    const error = await failureOf(connector.open(settings, host));
    // Of several addresses none answers, which says why of each.
    expect(error).toBeInstanceOf(PeerError);
    expect((error as PeerError).message).toMatch(/larger than \d+ MiB/);
  });
});
