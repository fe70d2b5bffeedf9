import { expect, test } from 'vitest';
import { openPaper } from '../../test/support/openPaper.ts';
import { createPaper } from '../../test/support/paperConnector.ts';
import { recordOf } from '../../test/support/records.ts';
import { defaultSettings } from '../model/settings.ts';

const jwt = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl';

/** A console that has much to be silent about. */
function openTalkative() {
  const paper = createPaper();
  paper.server = 'https://ana:hunter2@api.prod.example.com:6443';
  const record = recordOf({
    id: 'o9',
    reason: 'the bank fires us at noon',
    title: 'Shift payment',
    changes: [],
    state: 'written',
    connection: { ...recordOf().connection, title: 'basalt' },
  });
  return openPaper(paper, {
    records: new Map([[record.id, record]]),
    ports: {
      settings: {
        read: async () => ({
          ...defaultSettings,
          environments: { quartz: 'production' },
          remembered: [
            {
              connector: 'consul',
              title: 'dc1',
              values: { address: 'http://consul.bank.internal:8500' },
              secrets: ['token'],
            },
          ],
        }),
        write: async () => undefined,
      },
      readLog: async () => [
        JSON.stringify({ level: 'warn', message: `asked with Bearer ${jwt}`, connection: 'paper' }),
        JSON.stringify({ level: 'info', message: 'opened', sessionToken: 'plain-as-day' }),
        JSON.stringify({ level: 'info', tokens: ['one-of-two'], credentials: { deeper: 'two-of-two' } }),
        JSON.stringify({
          level: 'warn',
          message: 'quartz and basalt could not be opened again',
          connection: 'dc1',
        }),
        'a line that is no JSON, from ana@laptop at 10.9.8.7 to payment.shop.svc.cluster.local',
      ],
    },
  });
}

test('a report says what Podium found and did, without secrets, contents or names', async () => {
  await using opened = await openTalkative();
  const { fileName, text } = await opened.client.about.bundle({ withNames: false });
  expect(fileName).toMatch(/^podium-report-\d{8}T\d{4}\.json$/);
  for (const told of [
    jwt,
    'hunter2',
    'plain-as-day',
    '-of-two',
    'bank',
    'noon',
    'ana',
    'laptop',
    '10.9.8.7',
    'example',
    'quartz',
    'basalt',
    'dc1',
  ])
    expect(text).not.toContain(told);
  expect(text).not.toMatch(/\bpayment\b|\bpaper\b/);
  const report = JSON.parse(text) as Record<string, unknown>;
  expect(report).toMatchObject({
    podium: '0.0.0',
    names: 'replaced',
    connections: [{ title: 'connection-1', state: 'open', locked: true, usage: { kinds: [], streams: [] } }],
    settings: { typedConnections: ['consul'], loginProgramsAllowed: 0 },
    journal: [{ kind: 'setWeights', state: 'written' }],
  });
});

test('with its names a report is still without secrets', async () => {
  await using opened = await openTalkative();
  const { text } = await opened.client.about.bundle({ withNames: true });
  expect(text).toContain('api.prod.example.com');
  expect(text).toContain('payment');
  for (const secret of [jwt, 'hunter2', 'plain-as-day', 'noon', 'bank']) expect(text).not.toContain(secret);
});

test('what a connection is made of is told by what its peers say of themselves', async () => {
  await using opened = await openTalkative();
  const { peers, usage } = await opened.client.about.connection({ id: 'paper' });
  expect(peers).toMatchObject([{ product: 'Paper' }]);
  expect(usage.kinds).toEqual([]);
  await expect(opened.client.about.connection({ id: 'none' })).rejects.toThrow('That connection is closed.');
});

test('a report that would be too long to be shown loses the oldest lines of its log', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i} ${'long '.repeat(1000)}`);
  await using opened = await openPaper(createPaper(), { ports: { readLog: async () => lines } });
  const { text } = await opened.client.about.bundle({ withNames: true });
  expect(text.length).toBeLessThanOrEqual(200_000);
  const { log } = JSON.parse(text) as { readonly log: readonly string[] };
  expect(log.length).toBeGreaterThan(10);
  expect(log.at(-1)).toMatch(/^line 199 /);
  expect(text).not.toContain('line 0 ');
});
