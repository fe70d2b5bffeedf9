import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import { blankSecrets } from '../../shared/model/redaction.ts';
import { createLogFile } from '../../shared/node/logFile.ts';
import { openPaper } from '../support/openPaper.ts';
import { createPaper } from '../support/paperConnector.ts';
import { secretTexts } from '../support/secretCorpus.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podium-redaction-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const logged = (): string => readFileSync(join(folder, 'podium.log'), 'utf8');
const cases = secretTexts.map((one) => [one.what, one] as const);

test.for(cases)('C10 %s reaches no line of the log, at any level, in any place', ([, { text, secret }]) => {
  const log = createLogFile(folder);
  for (const write of [log.info, log.warn, log.error]) {
    write(text);
    write('what a peer said', { why: text, nested: JSON.stringify({ deeper: { said: text } }) });
    write(`${'x'.repeat(1_950)} ${text}`);
  }
  expect(logged()).not.toContain(secret);
  expect(logged()).toContain('[redacted]');
});

test.for(cases)('C10 %s reaches the log by no error', ([, { text, secret }]) => {
  const log = createLogFile(folder);
  const errors = [
    new Error(text),
    new Error('it failed', { cause: new Error(text) }),
    new PeerError('unreachable', text),
  ];
  for (const error of errors) {
    log.error('a procedure failed', { why: String(error), at: error.stack ?? '' });
    log.error(error.cause instanceof Error ? error.cause.message : error.message);
  }
  expect(logged()).not.toContain(secret);
});

test.for([true, false])('C10 no secret reaches a report, with names %s', async (withNames) => {
  const log = createLogFile(folder);
  const paper = createPaper();
  paper.server = secretTexts.map(({ text }) => text).join('\n\n');
  await using opened = await openPaper(paper, {
    ports: {
      log,
      // As an older Podium may have left it, without a word blanked.
      readLog: async () =>
        secretTexts.flatMap(({ text }) => [
          text,
          JSON.stringify({ level: 'warn', message: text, why: text }),
        ]),
    },
  });
  const report = await opened.client.about.bundle({ withNames });
  expect(report.text.length).toBeGreaterThan(1_000);
  expect(secretTexts.filter(({ secret }) => report.text.includes(secret)).map(({ what }) => what)).toEqual(
    [],
  );
});

test.for([
  ['{"password":"correct horse battery","user":"ana"}', '{"password":"[redacted]","user":"ana"}'],
  [String.raw`{"password":"half \" of it","user":"ana"}`, '{"password":"[redacted]","user":"ana"}'],
  [
    String.raw`"{\"password\":\"correct horse\",\"user\":\"ana\"}"`,
    String.raw`"{\"password\":\"[redacted]\",\"user\":\"ana\"}"`,
  ],
  ['password=ab,cd&ef\nuser=ana', 'password=[redacted]\nuser=ana'],
  ['password: correct horse battery\nuser: ana', 'password: [redacted]\nuser: ana'],
  ["password: 'never closed\nuser: ana", "password: '[redacted]\nuser: ana"],
  ['token: [abc, def]\nuser: ana', 'token: [redacted]\nuser: ana'],
  ['{"tokens":["a]b",{"c":"d"}],"user":"ana"}', '{"tokens":[redacted],"user":"ana"}'],
  ['{"credentials":{"deep":{"er":"x"},"y":"z"},"user":"ana"}', '{"credentials":[redacted],"user":"ana"}'],
  ['{"tokenSeconds":3600,"user":"ana"}', '{"tokenSeconds":[redacted],"user":"ana"}'],
  ['Cookie: a="b"; c=d\nHost: shop', 'Cookie: [redacted]\nHost: shop'],
  ['https://shop/login?token=ab,cd&user=ana', 'https://shop/login?token=[redacted]&user=ana'],
] as const)('C10 a secret goes whole, whatever it is made of: %s', ([text, clean]) => {
  expect(blankSecrets(text)).toBe(clean);
  expect(blankSecrets(clean)).toBe(clean);
});

test('C10 what is no secret stays readable', () => {
  const texts = [
    'payment-v2 answered 503 to 12 of 100 calls',
    'token expired 5 minutes ago; log in again',
    'the Secret db has the keys url and port',
    'kind: ConfigMap\ndata:\n  BANK_URL: https://bank\n',
    'secrets are not searched',
    'https://prometheus.example.com:9090/api/v1/query?query=up',
  ];
  for (const text of texts) expect(blankSecrets(text)).toBe(text);
});

test.for([
  ['names', 'a.'.repeat(200_000)],
  ['quotes', '"'.repeat(400_000)],
  ['brackets', 'token:['.repeat(60_000)],
  ['values', 'token:"a'.repeat(50_000)],
  ['escapes', `token:"${'\\\\'.repeat(200_000)}`],
  ['headers', 'cookie '.repeat(60_000)],
  ['a Secret', `kind: Secret\n${'data:\n  a: b\n'.repeat(30_000)}`],
  ['a Secret in JSON', `kind: Secret\\n${'data:\\n  a: b\\n'.repeat(30_000)}`],
  ['braces', `kind: Secret ${'data:{'.repeat(60_000)}`],
] as const)('C10 a text of %s without an end is read in less than a second', ([, text]) => {
  // Of work, not on the clock: the machine may have other things to do.
  const began = process.threadCpuUsage();
  blankSecrets(text);
  expect(process.threadCpuUsage(began).user / 1000).toBeLessThan(1_000);
});
