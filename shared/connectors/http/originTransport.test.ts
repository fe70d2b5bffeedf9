import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOriginTransport } from './originTransport.ts';
import { parseRanges } from './ranges.ts';

const noPorts = { ownPorts: (): readonly number[] => [] };
const seen: string[] = [];
const waiting: (() => void)[] = [];
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.url}`);
  if (request.url === '/slow') return void waiting.push(() => response.end('{}'));
  if (request.url === '/moved') response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' });
  response.end('{}');
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port; // Listening on TCP.
});
afterAll(() => {
  server.close();
});

const open = (address: string, more: object = {}, podium = noPorts) =>
  createOriginTransport({ address, headers: [], ...more }, podium);

describe('an address that is typed', () => {
  test.each([
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://100.100.100.200/',
    'http://metadata.google.internal/',
  ])('%s is never gone to', async (address) => {
    await expect(open(address)).rejects.toThrow('Podium does not go there');
  });

  test('that is Podium’s own is never gone to', async () => {
    const own = { ownPorts: () => [port] };
    await expect(open(`http://127.0.0.1:${port}`, {}, own)).rejects.toThrow('is Podium itself');
    await expect(open(`http://localhost:${port}`, {}, own)).rejects.toThrow('is Podium itself');
  });

  test('answers with a redirect, which is not followed', async () => {
    const transport = await open(`http://127.0.0.1:${port}`);
    const asked = transport.request({ method: 'GET', path: '/moved', signal: AbortSignal.timeout(5000) });
    await expect(asked).rejects.toThrow('answers with a redirect (302), which Podium does not follow');
    transport.close();
  });

  test('is let go of without cutting what is under way', async () => {
    const transport = await open(`http://127.0.0.1:${port}`);
    const ask = (method: 'GET' | 'POST', path = '/slow') =>
      transport.request({ method, path, signal: AbortSignal.timeout(5_000) });
    const arrived = async (): Promise<() => void> => {
      for (;;) {
        const answer = waiting.shift();
        if (answer !== undefined) return answer;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const read = ask('GET');
    const answerRead = await arrived();
    transport.retire();
    answerRead();
    expect((await read).status).toBe(200);
    expect((await ask('GET', '/after')).status).toBe(200);

    const write = ask('POST');
    const answerWrite = await arrived();
    transport.close();
    answerWrite();
    expect((await write).status).toBe(200);

    const cut = ask('GET');
    await arrived();
    transport.close();
    await expect(cut).rejects.toThrow('was lost before its answer was complete');
  });

  test('with a certificate authority that is none is refused', async () => {
    await expect(open('https://127.0.0.1', { authority: 'nonsense' })).rejects.toThrow('not in PEM form');
  });
});

describe('an address that a peer told of', () => {
  test('outside of what was approved is not gone to', async () => {
    const before = seen.length;
    const within = parseRanges(`127.0.0.1:${port + 1}`);
    await expect(open(`http://127.0.0.1:${port}`, { within })).rejects.toThrow(
      'not within what you approved',
    );
    expect(seen.length).toBe(before);
  });

  test('within it is reached', async () => {
    const transport = await open(`http://127.0.0.1:${port}`, { within: parseRanges('127.0.0.0/8') });
    const answer = await transport.request({ method: 'GET', path: '/x', signal: AbortSignal.timeout(5000) });
    expect(answer.status).toBe(200);
    transport.close();
  });
});
