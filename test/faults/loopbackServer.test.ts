import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { routes } from '../../shared/loopback/routes.ts';
import { readAssets } from '../../shared/node/assets.ts';
import { ask, codeIn, openIdle, openSocket, postCode, sendRaw, signIn, startRig } from './loopbackHarness.ts';

describe('what can be had without a session', () => {
  test('L08 every route but the page, its files and the sign-in refuses a request without a token', async () => {
    await using rig = await startRig();
    const signedIn = await signIn(rig);
    const procedures = ['/ping', '/shop/write', '/ticks', '/rpc/ping', '/rpc/shop/write', '/rpc/shop.write'];
    const paths = [...routes.map((route) => route.path), ...procedures, '/favicon.ico', '/metrics', '/debug'];
    const open = new Set(
      routes.filter((route) => route.access === 'open').map((r) => `${r.method} ${r.path}`),
    );
    expect([...open].sort()).toEqual(['GET /', 'HEAD /', 'POST /session']);
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      for (const path of paths.filter((each) => !open.has(`${method} ${each}`))) {
        const bare = await ask(rig, method, path, { headers: { origin: rig.origin } });
        expect([401, 403], `${method} ${path}`).toContain(bare.status);
        const headers = { origin: rig.origin, cookie: signedIn.cookie };
        expect([401, 403], `${method} ${path} with a cookie`).toContain(
          (await ask(rig, method, path, { headers })).status,
        );
      }
    }
    expect(rig.writes()).toBe(0);
    expect((await ask(rig, 'GET', '/assets/main-1.js')).status).toBe(200);
  });

  test('L12 no spelling of a path leaves the folder of the built page', async () => {
    const root = await mkdtemp(join(tmpdir(), 'podium-assets-'));
    const folder = join(root, 'renderer');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(root, 'secret.json'), '"outside"');
    await writeFile(join(folder, 'index.html'), '<meta nonce="__PODIUM_NONCE__">');
    await writeFile(join(folder, 'assets/main.js'), 'export {};');
    await symlink(join(root, 'secret.json'), join(folder, 'assets/link.json'));
    await symlink(root, join(folder, 'assets/up'));
    await using rig = await startRig({ assets: await readAssets(folder) });
    const spellings = [
      '/assets/..%2f..%2fsecret.json',
      '/assets/..%5c..%5csecret.json',
      '/assets/../../secret.json',
      '/assets/%2e%2e/%2e%2e/secret.json',
      '/assets/..;/secret.json',
      '/assets/main.js%00.json',
      '/assets/link.json',
      '/assets/up/secret.json',
      '/assets/%252e%252e%252fsecret.json',
      '/assets//main.js',
    ];
    for (const path of spellings) {
      const answer = await ask(rig, 'GET', path);
      expect(answer.status, path).toBe(404);
      expect(answer.body, path).not.toContain('outside');
    }
    expect(
      (await sendRaw(rig.port, `GET /assets/\0 HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\n\r\n`)).status,
    ).toBe(400);
    expect((await ask(rig, 'GET', '/assets/main.js')).status).toBe(200);
    await rm(root, { recursive: true });
  });

  test('L13 no page may frame the console or hold on to its window, and its policy names no one else', async () => {
    await using rig = await startRig();
    const first = await ask(rig, 'GET', '/');
    const second = await ask(rig, 'GET', '/');
    const policy = first.headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([\w-]{22})'/.exec(policy)?.[1] ?? '';
    expect(first.body).toContain(`nonce="${nonce}"`);
    expect(second.body).not.toContain(nonce);
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${rig.port}`,
      "worker-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types default',
    ]);
    const always = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    };
    for (const path of ['/', '/assets/main-1.js', '/session', '/assets/none', '/elsewhere']) {
      const { headers } = await ask(rig, 'GET', path);
      for (const [name, value] of Object.entries(always))
        expect(headers.get(name), `${path} ${name}`).toBe(value);
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'");
      expect(headers.get('permissions-policy'), path).toContain('camera=()');
    }
  });

  test('L18 nothing fetches an address for a client', async () => {
    await using rig = await startRig();
    const { token, cookie } = await signIn(rig);
    const headers = { cookie, 'x-podium-token': token, origin: rig.origin };
    const target = encodeURIComponent('http://169.254.169.254/latest/meta-data/');
    for (const path of ['/proxy', '/externalproxy', '/fetch', '/api/proxy', '/assets/proxy']) {
      for (const method of ['GET', 'POST']) {
        const answer = await ask(rig, method, `${path}?url=${target}`, { headers });
        expect([403, 404], `${method} ${path}`).toContain(answer.status);
        expect(answer.body).toBe('');
      }
    }
    const connectAnswer = await sendRaw(
      rig.port,
      `CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\n\r\n`,
    );
    expect([0, 400, 403]).toContain(connectAnswer.status);
  });
});

describe('how a window signs in', () => {
  test('L09 a code works once', async () => {
    await using rig = await startRig();
    const code = rig.code();
    expect((await postCode(rig, code)).status).toBe(200);
    expect((await postCode(rig, code)).status).toBe(401);
  });

  test('L09 a code dies after a minute, and when a newer one is made', async () => {
    let now = 1_000_000;
    await using rig = await startRig({ now: () => now });
    const late = rig.code();
    now += 60_000;
    expect((await postCode(rig, late)).status).toBe(401);
    const replaced = rig.code();
    const newest = rig.code();
    expect((await postCode(rig, replaced)).status).toBe(401);
    now += 59_999;
    expect((await postCode(rig, newest)).status).toBe(200);
  });

  test('L09 guessing runs into a lockout that backs off, and a window that is in stays in', async () => {
    let now = 1_000_000;
    await using rig = await startRig({ now: () => now });
    const signedIn = await signIn(rig);
    const code = rig.code();
    const statuses: number[] = [];
    for (let guess = 0; guess < 1_000; guess += 1)
      statuses.push((await postCode(rig, `guess-${guess}`)).status);
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(new Set(statuses.slice(5))).toEqual(new Set([429]));
    const whileLocked = await postCode(rig, code);
    expect(whileLocked.status).toBe(429);
    expect(whileLocked.headers.get('retry-after')).toBe('1');
    const headers = { cookie: signedIn.cookie, 'x-podium-token': signedIn.token };
    expect((await ask(rig, 'GET', '/session', { headers })).status).toBe(200);
    now += 1_000;
    expect((await postCode(rig, 'guess again')).status).toBe(401);
    expect((await postCode(rig, code)).headers.get('retry-after')).toBe('2');
    expect(rig.logLines.filter((line) => line.includes('wrong or spent code')).length).toBeGreaterThanOrEqual(
      5,
    );
    for (let guess = 0; guess < 20; guess += 1) {
      now += 60_000;
      await postCode(rig, `slow-${guess}`);
    }
    expect((await postCode(rig, rig.code())).status).toBe(200);
  });

  test('L10 no secret is in a log line, an answer, an argument or the environment', async () => {
    await using rig = await startRig();
    const first = codeIn(rig.loopback.url);
    const code = rig.code();
    const granted = await postCode(rig, code);
    const { token } = JSON.parse(granted.body) as { token: string };
    const cookie = (granted.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const cookieSecret = cookie.split('=')[1] ?? '';
    const secrets = [first, code, token, cookieSecret];
    expect(secrets.every((secret) => secret.length === 43)).toBe(true);
    expect(new Set(secrets).size).toBe(4);
    expect(granted.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const socket = await openSocket(rig, { token, cookie });
    const headers = { cookie, 'x-podium-token': token };
    const answers = [
      await ask(rig, 'GET', '/', { headers }),
      await ask(rig, 'GET', '/session', { headers }),
      await ask(rig, 'GET', `/session?t=${token}`, { headers }),
      await ask(rig, 'GET', `/assets/none?t=${token}`),
      await ask(rig, 'GET', `/nothing?token=${token}&code=${code}`),
      await postCode(rig, code),
    ];
    const seen = [
      ...rig.logLines,
      ...answers.map((answer) => answer.text),
      ...process.argv,
      ...Object.values(process.env),
      socket.protocol,
    ].join('\n');
    for (const secret of secrets) expect(seen).not.toContain(secret);
    expect(answers[0]?.headers.get('referrer-policy')).toBe('no-referrer');
    expect(new URL(rig.loopback.newUrl()).search).toBe('');
    socket.close();
  });
});

describe('what a client may take', () => {
  test('L14 headers that trickle in are cut off', async () => {
    await using rig = await startRig({
      limits: { headersTimeoutMs: 200, requestTimeoutMs: 300, checkEveryMs: 50 },
    });
    const socket = connect(rig.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\n');
    const trickle = setInterval(() => socket.write('X-A: b\r\n'), 40);
    await closed;
    clearInterval(trickle);
    expect((await ask(rig, 'GET', '/')).status).toBe(200);
  });

  test('L14 a chunked body without an end is cut off', async () => {
    await using rig = await startRig({
      limits: { headersTimeoutMs: 200, requestTimeoutMs: 300, checkEveryMs: 50 },
    });
    const head = `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nOrigin: ${rig.origin}\r\n`;
    const answer = await sendRaw(
      rig.port,
      `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"cod\r\n`,
    );
    expect([0, 408]).toContain(answer.status);
  });

  test('L14 five hundred idle connections neither keep a window out nor stay', async () => {
    await using rig = await startRig({
      limits: { headersTimeoutMs: 400, requestTimeoutMs: 500, checkEveryMs: 50 },
    });
    const socket = await openSocket(rig, await signIn(rig));
    const idle = await openIdle(rig.port, 500);
    const signedIn = await signIn(rig);
    expect(signedIn.token).toHaveLength(43);
    await expect.poll(() => idle.filter((each) => !each.closed)).toHaveLength(0);
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
  });

  test('L14 a body of 64 MiB is refused at the limit and takes no memory', async () => {
    await using rig = await startRig();
    const before = process.memoryUsage.rss();
    const head = `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nOrigin: ${rig.origin}\r\nContent-Type: application/json\r\n`;
    const announced = await sendRaw(rig.port, `${head}Content-Length: ${64 * 1024 * 1024}\r\n\r\n`);
    expect(announced.status).toBe(413);
    expect(await pourChunks(rig.port, `${head}Transfer-Encoding: chunked\r\n\r\n`, 64)).toBe(413);
    expect(process.memoryUsage.rss() - before).toBeLessThan(48 * 1024 * 1024);
    expect((await postCode(rig, rig.code())).status).toBe(200);
  });
});

describe('how it starts', () => {
  test('L15 an address that is not loopback is refused', async () => {
    for (const host of ['0.0.0.0', '::', '', '10.0.0.1', 'localhost', 'example.org', '127.0.0.1.evil']) {
      await expect(startRig({ host }), host).rejects.toThrow('loopback addresses only');
    }
  });

  test('L15 without real randomness nothing starts', async () => {
    const generators: readonly ((size: number) => Uint8Array)[] = [
      (size) => new Uint8Array(size),
      (size) => new Uint8Array(size).fill(7),
      () => new Uint8Array(0),
      () => new Uint8Array(8).fill(3),
      () => {
        throw new Error('no entropy');
      },
    ];
    for (const randomBytes of generators) await expect(startRig({ randomBytes })).rejects.toThrow();
  });
});

/** Sends up to `mebibytes` of one endless body and tells the status that came back. */
function pourChunks(port: number, head: string, mebibytes: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head, pour));
    const chunk = `100000\r\n${'x'.repeat(1024 * 1024)}\r\n`;
    let sent = 0;
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Number(text.split(' ')[1] ?? 0)));
    function pour(): void {
      if (sent++ < mebibytes && socket.writable) socket.write(chunk, pour);
    }
  });
}
