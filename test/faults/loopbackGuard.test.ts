import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownHosts, refuseRequest } from '../../shared/loopback/requestGuard.ts';
import { ask, postCode, sendRaw, signIn, startRig, upgrade } from './loopbackHarness.ts';

describe('who a request says it is for', () => {
  test('L01 a foreign Host header is refused before routing, with an empty body and a line in the log', async () => {
    await using rig = await startRig();
    const signedIn = await signIn(rig);
    const headers = { cookie: signedIn.cookie, 'x-podium-token': signedIn.token };
    for (const path of ['/', '/session', '/rpc', '/assets/main-1.js', '/api']) {
      const answer = await ask(rig, 'GET', path, { host: `evil.example:${rig.port}`, headers });
      expect(answer.status, path).toBe(403);
      expect(answer.body, path).toBe('');
    }
    expect(rig.writes()).toBe(0);
    expect(rig.logLines.filter((line) => line.includes('foreign Host header'))).toHaveLength(5);
  });

  test('L01 an upgrade under a foreign Host header is refused', async () => {
    await using rig = await startRig();
    const signedIn = await signIn(rig);
    const upgraded = await upgrade(rig, signedIn, { headers: { host: `evil.example:${rig.port}` } });
    expect(upgraded).toEqual({ kind: 'refused', status: 403 });
  });

  test('L02 every spelling of the host but the exact three is refused', async () => {
    await using rig = await startRig();
    const { port } = rig;
    const foreign = [
      `localhost.:${port}`,
      '127.0.0.1',
      'localhost',
      `127.1:${port}`,
      `2130706433:${port}`,
      `0x7f000001:${port}`,
      `0177.0.0.1:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port + 1}`,
      `127.0.0.1:${port}.`,
      `127.0.0.1:0${port}`,
      '',
    ];
    for (const host of foreign) {
      const answer = await ask(rig, 'GET', '/', { host });
      expect([400, 403], host).toContain(answer.status);
      expect(answer.body, host).toBe('');
    }
    for (const host of ownHosts(port)) expect((await ask(rig, 'GET', '/', { host })).status, host).toBe(200);
  });

  test('L02 a missing, a second and an absolute-form Host are refused', async () => {
    await using rig = await startRig();
    const own = `Host: 127.0.0.1:${rig.port}`;
    const requests = [
      'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
      `GET / HTTP/1.1\r\n${own}\r\n${own}\r\nConnection: close\r\n\r\n`,
      `GET / HTTP/1.1\r\n${own}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      `GET http://evil.example/ HTTP/1.1\r\n${own}\r\nConnection: close\r\n\r\n`,
      `GET http://127.0.0.1:${rig.port}/ HTTP/1.1\r\n${own}\r\nConnection: close\r\n\r\n`,
      `GET //evil.example/ HTTP/1.1\r\n${own}\r\nConnection: close\r\n\r\n`,
    ];
    for (const request of requests) {
      const answer = await sendRaw(rig.port, request);
      expect([400, 403], request).toContain(answer.status);
      expect(answer.body, request).toBe('');
    }
  });

  test('L02 a host is let in exactly when it is one of the three, for any text', () => {
    const port = 45_678;
    const near = fc.constantFrom(
      'localhost',
      '127.0.0.1',
      '[::1]',
      'LOCALHOST',
      '127.0.0.1.',
      '::1',
      '127.0.0.01',
    );
    const hosts = fc.oneof(
      fc.string(),
      fc.constantFrom(...ownHosts(port)),
      fc
        .tuple(near, fc.constantFrom('', ':', ':45678', ':45679', ':045678', ' '))
        .map(([name, end]) => name + end),
    );
    fc.assert(
      fc.property(hosts, (host) => {
        const facts = { method: 'GET', url: '/', rawHeaders: ['Host', host], isUpgrade: false };
        expect(refuseRequest(facts, port) === null).toBe(ownHosts(port).includes(host));
      }),
    );
  });
});

describe('where a request comes from', () => {
  test('L05 a form or text/plain post with a good cookie does nothing', async () => {
    await using rig = await startRig();
    const signedIn = await signIn(rig);
    const body = JSON.stringify({ code: rig.code() });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-8',
    ]) {
      const headers = { cookie: signedIn.cookie, 'content-type': type };
      const withoutOrigin = await ask(rig, 'POST', '/session', { headers, body });
      expect(withoutOrigin.status, type).toBe(403);
      const own = { ...headers, origin: rig.origin };
      expect((await ask(rig, 'POST', '/session', { headers: own, body })).status, type).toBe(415);
      for (const path of ['/rpc', '/rpc/shop/write', '/shop/write']) {
        expect([401, 403], path).toContain((await ask(rig, 'POST', path, { headers, body })).status);
        expect([401, 403], path).toContain((await ask(rig, 'POST', path, { headers: own, body })).status);
      }
    }
    expect(rig.writes()).toBe(0);
    const stillGood = await postCode(rig, (JSON.parse(body) as { code: string }).code);
    expect(stillGood.status).toBe(200);
  });

  test('L05 a cookie alone ends no session', async () => {
    await using rig = await startRig();
    const signedIn = await signIn(rig);
    const headers = { cookie: signedIn.cookie, origin: rig.origin };
    expect((await ask(rig, 'DELETE', '/session', { headers })).status).toBe(401);
    const both = { ...headers, 'x-podium-token': signedIn.token };
    expect((await ask(rig, 'GET', '/session', { headers: both })).status).toBe(200);
  });

  test('L06 a read that another site or another local port starts is refused, whatever it carries', async () => {
    await using rig = await startRig();
    const signedIn = await signIn(rig);
    const headers = { cookie: signedIn.cookie, 'x-podium-token': signedIn.token };
    for (const site of ['cross-site', 'same-site', 'none', 'SAME-ORIGIN', '']) {
      for (const path of ['/session', '/rpc', '/assets/main-1.js']) {
        const answer = await ask(rig, 'GET', path, { headers: { ...headers, 'sec-fetch-site': site } });
        expect(answer.status, `${site} ${path}`).toBe(403);
        expect(answer.body).toBe('');
      }
    }
    expect((await ask(rig, 'GET', '/', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await ask(rig, 'GET', '/', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200);
    const own = { ...headers, 'sec-fetch-site': 'same-origin' };
    expect((await ask(rig, 'GET', '/session', { headers: own })).status).toBe(200);
  });

  test('L06 what a foreign page may embed is closed to it by nosniff and the resource policy', async () => {
    await using rig = await startRig();
    const answer = await ask(rig, 'GET', '/assets/main-1.js');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  test('L07 a preflight from a foreign origin gets no permission of any kind', async () => {
    await using rig = await startRig();
    for (const origin of ['https://evil.example', 'null', rig.origin]) {
      const answer = await ask(rig, 'OPTIONS', '/session', {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-podium-token',
          'access-control-request-private-network': 'true',
        },
      });
      expect([401, 403], origin).toContain(answer.status);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('L07 no answer to the own origin carries a cross-origin permission either', async () => {
    await using rig = await startRig();
    for (const path of ['/', '/assets/main-1.js', '/session']) {
      const answer = await ask(rig, 'GET', path, { headers: { origin: rig.origin } });
      expect(answer.text.toLowerCase()).not.toContain('access-control-');
    }
  });

  test('L16 shapes that smuggle a second request are answered with 400 and the connection closed', async () => {
    await using rig = await startRig();
    const host = `Host: 127.0.0.1:${rig.port}`;
    const post = `POST /session HTTP/1.1\r\n${host}\r\nOrigin: ${rig.origin}\r\nContent-Type: application/json\r\n`;
    const inner = `GET / HTTP/1.1\r\n${host}\r\n\r\n`;
    const shapes = [
      `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${inner}`,
      `${post}Content-Length: +2\r\n\r\n{}${inner}`,
      `GET / HTTP/1.1\n${host}\n\n`,
      `GET / HTTP/1.1\r\n${host}\nX-Next: 1\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}\r\nX-Space : 1\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      `GET / HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    ];
    for (const shape of shapes) {
      const answer = await sendRaw(rig.port, shape);
      expect(answer.status, shape).toBe(400);
      expect(answer.text.match(/HTTP\/1\.1 /g), shape).toHaveLength(1);
    }
  });
});
