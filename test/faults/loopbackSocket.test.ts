import { connect } from 'node:net';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { RouterClient } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  ask,
  openSocket,
  signIn,
  startRig,
  upgrade,
  type Rig,
  type RigRouter,
  type SignedIn,
} from './loopbackHarness.ts';

function callsOver(socket: WebSocket): RouterClient<RigRouter> {
  // The link wants a browser's WebSocket; ws offers the members it uses.
  return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
}

function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

async function expectRefused(rig: Rig, signedIn: SignedIn, headers: Record<string, string>): Promise<void> {
  expect(await upgrade(rig, signedIn, { headers }), JSON.stringify(headers)).toEqual({
    kind: 'refused',
    status: 403,
  });
}

test('L03 an upgrade from any origin but the own one is refused before it is switched', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const foreign = [
    'https://evil.example',
    'null',
    `http://127.0.0.1:${rig.port + 1}`,
    'http://localhost.evil',
  ];
  for (const origin of [...foreign, `https://127.0.0.1:${rig.port}`, `http://localhost:${rig.port}`, '']) {
    await expectRefused(rig, signedIn, { origin });
  }
  const withoutOrigin = await ask(rig, 'GET', '/rpc', {
    headers: {
      upgrade: 'websocket',
      cookie: signedIn.cookie,
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': `podium, podium.token.${signedIn.token}`,
    },
  });
  expect(withoutOrigin.status).not.toBe(101);
  const socket = await openSocket(rig, signedIn);
  expect(await callsOver(socket).ping()).toBe('pong');
  socket.close();
});

test('L03 an upgrade without an Origin header is refused even when everything else is right', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const socket = new WebSocket(
    `ws://127.0.0.1:${rig.port}/rpc`,
    ['podium', `podium.token.${signedIn.token}`],
    {
      headers: { cookie: signedIn.cookie },
    },
  );
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('open', () => resolve(101));
    socket.on('error', () => undefined);
  });
  expect(status).toBe(403);
});

test('L04 an upgrade without exactly one right token in its one place is refused', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const other = await signIn(rig);
  const right = `podium.token.${signedIn.token}`;
  const wrong = `podium.token.${'A'.repeat(43)}`;
  const protocolLists = [
    [],
    ['podium'],
    ['podium', wrong],
    ['podium', `podium.token.${signedIn.token.slice(0, -1)}`],
    ['podium', 'podium.token.'],
    [right],
    ['podium', right, wrong],
    ['podium', wrong, right],
    ['podium', `podium.token.${other.token}`],
  ];
  for (const protocols of protocolLists) {
    const upgraded = await upgrade(rig, signedIn, { protocols });
    expect(upgraded, protocols.join()).toEqual({ kind: 'refused', status: 403 });
  }
  const inQuery = await upgrade(rig, signedIn, { path: `/rpc?token=${signedIn.token}` });
  expect(inQuery).toEqual({ kind: 'refused', status: 403 });
  await expectRefused(rig, signedIn, { authorization: `Bearer ${signedIn.token}` });
  await expectRefused(rig, signedIn, { 'x-podium-token': signedIn.token });
  await expectRefused(rig, signedIn, { cookie: other.cookie });
  await expectRefused(rig, signedIn, { cookie: '' });
  expect(await upgrade(rig, signedIn, { path: '/session' })).toEqual({ kind: 'refused', status: 403 });
});

test('L04 the agreed subprotocol never repeats the token', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const socket = await openSocket(rig, signedIn);
  expect(socket.protocol).toBe('podium');
  socket.close();
});

test('L11 cookies that another local program sets do not disturb a session', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const name = signedIn.cookie.split('=')[0] ?? '';
  expect(name).toContain(String(rig.port));
  const cookie = `${name}=stolen; other=1; ${signedIn.cookie}; ${name}=again`;
  const upgraded = await upgrade(rig, signedIn, { headers: { cookie } });
  expect(upgraded.kind).toBe('open');
  if (upgraded.kind === 'open') upgraded.socket.close();
  const huge = await ask(rig, 'GET', '/', { headers: { cookie: `${name}=${'x'.repeat(20_000)}` } });
  expect(huge.status).toBe(431);
  expect((await ask(rig, 'GET', '/')).status).toBe(200);
});

test('L14 a message above the limit closes its own window and no other', async () => {
  await using rig = await startRig({ limits: { messageMaxBytes: 64 * 1024 } });
  const signedIn = await signIn(rig);
  const loud = await openSocket(rig, signedIn);
  const calm = await openSocket(rig, signedIn);
  const closed = closeCode(loud);
  loud.send('x'.repeat(65 * 1024));
  expect(await closed).toBe(1009);
  expect(await callsOver(calm).ping()).toBe('pong');
  calm.close();
});

test('L14 a window that floods is closed, and the next one is served', async () => {
  await using rig = await startRig({ limits: { messagesPerSecond: 10, messageBurst: 50 } });
  const signedIn = await signIn(rig);
  const flood = await openSocket(rig, signedIn);
  const closed = closeCode(flood);
  for (let sent = 0; sent < 80; sent += 1) flood.send('{"i":"1","t":4}');
  expect(await closed).toBe(4429);
  const next = await openSocket(rig, signedIn);
  expect(await callsOver(next).ping()).toBe('pong');
  next.close();
});

test('L14 a message that is none ends its own window, and nothing of it is printed', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const printed = vi.spyOn(console, 'error');
  const messages = [
    '{}',
    'not JSON',
    '[]',
    '{"i":"1"}',
    '{"i":1,"p":{"u":"/ping"}}',
    '{"i":"1","t":9,"p":{}}',
  ];
  for (const message of [...messages, Buffer.from('{"i":"1","t":4}')]) {
    const socket = await openSocket(rig, signedIn);
    const closed = closeCode(socket);
    socket.send(message);
    expect(await closed, String(message)).toBe(1003);
  }
  expect(printed).not.toHaveBeenCalled();
});

test('L14 a stream waits for a window that does not read, and memory stays bounded', async () => {
  await using rig = await startRig({ limits: { pauseAtBytes: 256 * 1024 } });
  const socket = await openSocket(rig, await signIn(rig));
  const flood = await callsOver(socket).flood();
  await flood.next();
  const before = process.memoryUsage.rss();
  socket.pause();
  const other = await openSocket(rig, await signIn(rig));
  const calls = callsOver(other);
  for (let call = 0; call < 200; call += 1) expect(await calls.ping()).toBe('pong');
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  socket.terminate();
  other.close();
});

/** A second of turns of the loop, in each of which the network is heard: a machine that is busy turns it more slowly. */
async function withinASecond<T>(awaited: Promise<T>): Promise<T | 'late'> {
  const second = async (): Promise<'late'> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return 'late';
  };
  return await Promise.race([awaited, second()]);
}

test('L17 ending all sessions closes open streams within a second, and later requests are refused', async () => {
  await using rig = await startRig();
  const signedIn = await signIn(rig);
  const socket = await openSocket(rig, signedIn);
  const ticks = await callsOver(socket).ticks();
  const seen: number[] = [];
  const ended = (async () => {
    for await (const tick of ticks) seen.push(tick);
  })().catch(() => 'broken off');
  await expect.poll(() => seen.length).toBeGreaterThan(2);
  const closed = closeCode(socket);
  rig.loopback.revokeAll();
  expect(await withinASecond(closed)).toBe(4401);
  await ended;
  expect(await upgrade(rig, signedIn)).toEqual({ kind: 'refused', status: 403 });
  const headers = { cookie: signedIn.cookie, 'x-podium-token': signedIn.token, origin: rig.origin };
  expect((await ask(rig, 'GET', '/session', { headers })).status).toBe(401);
  expect((await ask(rig, 'DELETE', '/session', { headers })).status).toBe(401);
});

test('L17 a window that does not answer the closing handshake is cut off within a second', async () => {
  await using rig = await startRig();
  const { token, cookie } = await signIn(rig);
  const deaf = connect(rig.port, '127.0.0.1');
  const closed = new Promise((resolve) => deaf.once('close', resolve));
  const lines = [
    'GET /rpc HTTP/1.1',
    `Host: 127.0.0.1:${rig.port}`,
    `Origin: ${rig.origin}`,
    `Cookie: ${cookie}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: podium, podium.token.${token}`,
  ];
  deaf.write(`${lines.join('\r\n')}\r\n\r\n`);
  const answer = await new Promise((resolve) => deaf.once('data', resolve));
  expect(String(answer)).toContain(' 101 ');
  rig.loopback.revokeAll();
  expect(await withinASecond(closed)).not.toBe('late');
});

test('L17 a window that signs itself out ends its own session and no other', async () => {
  await using rig = await startRig();
  const leaving = await signIn(rig);
  const staying = await signIn(rig);
  const left = await openSocket(rig, leaving);
  const stayed = await openSocket(rig, staying);
  const closed = closeCode(left);
  const headers = { cookie: leaving.cookie, 'x-podium-token': leaving.token, origin: rig.origin };
  expect((await ask(rig, 'DELETE', '/session', { headers })).status).toBe(200);
  expect(await closed).toBe(4401);
  expect(await callsOver(stayed).ping()).toBe('pong');
  stayed.close();
});
