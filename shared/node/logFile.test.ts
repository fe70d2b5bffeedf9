import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogFile } from './logFile.ts';
import { redactFields, redactText } from './redact.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const jwt = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl';
const secrets = [
  ['a web token', `answered with ${jwt} in it`, jwt],
  ['a PEM block', 'key -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end', 'MIIE'],
  ['a PEM block that is cut off', '-----BEGIN CERTIFICATE-----\nMIIDcut', 'MIIDcut'],
  ['a certificate in base64', 'data LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t', 'LS0tLS1CRUdJTi'],
  ['an AWS key', 'id AKIAIOSFODNN7EXAMPLE failed', 'AKIAIOSFODNN7EXAMPLE'],
  ['a GitHub token', 'ghp_abcdefghijklmnopqrstuvwxyz0123', 'ghp_abcdefghijklmnopqrstuvwxyz0123'],
  ['a bearer header', 'Authorization: Bearer sekrit-value.123', 'sekrit-value'],
  ['a password in an address', 'GET http://ana:hunter2@prometheus:9090/api', 'hunter2'],
  ['a code in an address', 'opened http://127.0.0.1:4000/#t=c0dec0dec0de', 'c0dec0dec0de'],
] as const;

test.each(secrets)('%s does not reach the log', (_what, text, secret) => {
  expect(redactText(text)).not.toContain(secret);
  expect(JSON.stringify(redactFields({ problem: text }))).not.toContain(secret);
});

test('a field with a telling name is blank whatever it holds', () => {
  const names = [
    'authorization',
    'Cookie',
    'set-cookie',
    'x-consul-token',
    'accessToken',
    'client-key-data',
    'dbPassword',
  ];
  for (const name of names) expect(redactFields({ [name]: 'plain' })[name], name).toBe('[redacted]');
  expect(redactFields({ service: 'payment', count: 3, ok: null })).toEqual({
    service: 'payment',
    count: 3,
    ok: null,
  });
});

test('an entry is one line of JSON, whatever its text holds, in a file for this user alone', () => {
  const log = createLogFile(folder, () => 0);
  log.warn('two\nlines', { name: 'a"b\u2028c', long: 'x'.repeat(5_000) });
  log.info('next');
  const lines = readFileSync(join(folder, 'podium.log'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    at: '1970-01-01T00:00:00.000Z',
    level: 'warn',
    message: 'two\nlines',
  });
  expect(lines[0]?.length).toBeLessThan(2_300);
  expect(statSync(join(folder, 'podium.log')).mode & 0o777).toBe(0o600);
});

test('the file is turned over before it grows past five megabytes', () => {
  const log = createLogFile(folder);
  for (let line = 0; line < 2_800; line += 1) log.info('x'.repeat(1_990));
  expect(statSync(join(folder, 'podium.log')).size).toBeLessThan(5 * 1024 * 1024);
  expect(statSync(join(folder, 'podium.1.log')).size).toBeGreaterThan(4 * 1024 * 1024);
});
