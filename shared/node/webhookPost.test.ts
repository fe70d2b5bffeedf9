import { connect, createServer, type AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import { beforeAll, expect, test } from 'vitest';
import { issue } from '../rehearsal/certificate.ts';
import { startTlsFront } from '../../test/support/tlsFront.ts';
import { startWebhookServer } from '../../test/support/webhookServer.ts';
import { createWebhookPost } from './webhookPost.ts';

const authority = issue({ name: 'Works CA', isAuthority: true });

// Before anything asks for them: they are read once.
beforeAll(() => tls.setDefaultCACertificates([authority.cert]));

const post = (
  address: string,
  more: { limitMs?: number; own?: number[]; env?: Record<string, string> } = {},
) =>
  createWebhookPost(
    () => more.own ?? [],
    more.env ?? {},
  )({
    address,
    headers: { 'content-type': 'application/json', 'x-proof': 'yes' },
    body: '{"a":1}',
    limitMs: more.limitMs ?? 20_000,
    signal: AbortSignal.timeout(60_000),
  });

test('what is sent arrives with its headers, path and query, and any status is an answer', async () => {
  await using server = await startWebhookServer();
  server.answers({ status: 418, text: 'short and stout' });
  expect(await post(`${server.url}/hook?room=ops`)).toEqual({ status: 418, text: 'short and stout' });
  expect(server.heard).toMatchObject([
    { path: '/hook?room=ops', body: '{"a":1}', headers: { 'x-proof': 'yes' } },
  ]);
});

test('a redirect is not followed', async () => {
  await using server = await startWebhookServer();
  await using elsewhere = await startWebhookServer();
  server.answers({ status: 307, headers: { location: elsewhere.url } });
  await expect(post(server.url)).rejects.toThrow(
    'answers with a redirect (307), which Podium does not follow',
  );
  expect(elsewhere.heard).toEqual([]);
});

test('who does not answer, or is not there, is said to', async () => {
  const gone = await startWebhookServer();
  await gone[Symbol.asyncDispose]();
  await expect(post(gone.url)).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('connection refused') as string,
  });
  await using silent = await startWebhookServer();
  silent.answers(null);
  await expect(post(silent.url, { limitMs: 300 })).rejects.toMatchObject({ kind: 'unanswered' });
});

test('metadata services and Podium itself are never told', async () => {
  await using server = await startWebhookServer();
  await expect(post('https://169.254.169.254/latest')).rejects.toThrow('Podium does not go there');
  await expect(post(server.url, { own: [server.port] })).rejects.toThrow('is Podium itself');
  expect(server.heard).toEqual([]);
});

test('an encrypted one is told where the machine vouches for its name, and where it does not nothing leaves', async () => {
  await using server = await startWebhookServer();
  await using good = await startTlsFront(
    server,
    issue({ name: 'hook', by: authority, names: ['127.0.0.1'] }),
  );
  expect((await post(`${good.url}/a`)).status).toBe(204);
  expect(server.heard).toHaveLength(1);
  const wrong = issue({ name: 'other', by: authority, names: ['other.example.com'] });
  await using front = await startTlsFront(server, wrong);
  await expect(post(front.url)).rejects.toThrow('is for another name: other.example.com');
  await using foreign = await startTlsFront(server, issue({ name: 'self', names: ['127.0.0.1'] }));
  await expect(post(foreign.url)).rejects.toThrow(/^The certificate of .* is signed by nobody/);
  expect(server.heard).toHaveLength(1);
  expect([front.heard, foreign.heard]).toEqual([0, 0]);
});

test('the environment’s proxy leads there, by a name that only it knows', async () => {
  await using server = await startWebhookServer();
  const hook = issue({ name: 'hook', by: authority, names: ['hooks.podium.invalid'] });
  await using front = await startTlsFront(server, hook);
  const asked: string[] = [];
  const proxy = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', (first: Buffer) => {
      asked.push(String(first).split('\r\n')[0] ?? '');
      const onward = connect(front.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        client.pipe(onward).pipe(client);
      });
      onward.on('error', () => client.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo; // it listens on TCP
  try {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    expect((await post('https://hooks.podium.invalid/x', { env })).status).toBe(204);
    expect(asked).toEqual(['CONNECT hooks.podium.invalid:443 HTTP/1.1']);
    await expect(post('https://hooks.podium.invalid/x')).rejects.toThrow('is not known (DNS)');
  } finally {
    proxy.close();
  }
});
