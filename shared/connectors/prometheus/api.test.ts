import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { RequestKind } from '../../model/about.ts';
import { createOriginTransport } from '../http/originTransport.ts';
import { createApi } from './api.ts';

test('a query is counted as a read, though it is posted', async () => {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    methods.push(request.method ?? '');
    response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // Listening on TCP.
  const counted: RequestKind[] = [];
  const meter = { count: (kind: RequestKind) => void counted.push(kind), opened: () => () => undefined };
  const transport = await createOriginTransport(
    { address: `http://127.0.0.1:${port}`, headers: [] },
    { ownPorts: () => [], meter },
  );
  try {
    await createApi(transport).query('up', AbortSignal.timeout(5_000));
    await transport.request({ method: 'PUT', path: '/', signal: AbortSignal.timeout(5_000) });
  } finally {
    transport.close();
    server.close();
  }
  expect(methods).toEqual(['POST', 'PUT']);
  expect(counted).toEqual(['read', 'write']);
});
