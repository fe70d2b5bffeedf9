import { setTimeout as pause } from 'node:timers/promises';
import type { AlertmanagerPeer } from '../start/alertmanager.ts';
import { ask, type Recorder } from './recorder.ts';

const severe = {
  alertname: 'PaymentFails',
  severity: 'critical',
  namespace: 'shop',
  service: 'payment',
};
const alerts = [
  {
    labels: severe,
    annotations: {
      summary: 'payment fails',
      description: '13 % of calls fail',
      runbook_url: 'https://runbooks.example.com/payment',
    },
    generatorURL: 'http://prometheus.example.com/graph?g0.expr=up',
  },
  // Inhibited by the one above.
  { labels: { ...severe, alertname: 'PaymentSlow', severity: 'warning' }, annotations: {} },
  { labels: { alertname: 'DiskFull', severity: 'warning', instance: '10.0.0.9:9100' }, annotations: {} },
];
const matcher = (name: string, value: string, isRegex = false) => ({ name, value, isRegex, isEqual: true });

/** Alerts as they are posted, what becomes of them, and silences as they are made, refused, read and expired. */
export async function recordAlertmanager(recorder: Recorder, peer: AlertmanagerPeer): Promise<void> {
  const asker = { url: peer.url, user: 'anybody' };
  const get = (name: string, path: string) => recorder.record(name, asker, { path });
  const post = (name: string, path: string, body: unknown) =>
    recorder.record(name, asker, { method: 'POST', path, body });
  const silence = (more: object = {}) => ({
    matchers: [matcher('alertname', 'PaymentFails'), matcher('service', 'payment')],
    startsAt: new Date(Date.now()).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: 'jo',
    comment: 'looked at',
    ...more,
  });
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const until = async (path: string, holds: (text: string) => boolean) => {
    for (let look = 0; look < 100; look += 1) {
      if (holds((await ask(asker, { path })).text)) return;
      await pause(100);
    }
    throw new Error(`${path} never answered as expected`);
  };

  await get('status', '/api/v2/status');
  await get('alerts-none', '/api/v2/alerts');
  await get('silences-none', '/api/v2/silences');
  await post('alerts-posted', '/api/v2/alerts', alerts);
  await post('alerts-refused-nameless', '/api/v2/alerts', [{ labels: {} }]);
  await until('/api/v2/alerts', (text) => text.includes('"inhibitedBy":["') && !text.includes('unprocessed'));
  await get('alerts', '/api/v2/alerts');
  await get(
    'alerts-filtered',
    '/api/v2/alerts?filter=service%3D%22payment%22&filter=severity%3D%22critical%22',
  );
  await get('alerts-bad-filter', '/api/v2/alerts?filter=service');

  await post('silence-past', '/api/v2/silences', silence({ endsAt: ago(60_000) }));
  await post('silence-over', '/api/v2/silences', silence({ startsAt: ago(120_000), endsAt: ago(60_000) }));
  await post('silence-matchless', '/api/v2/silences', silence({ matchers: [] }));
  await post('silence-all-empty', '/api/v2/silences', silence({ matchers: [matcher('service', '')] }));
  await post('silence-bad-regex', '/api/v2/silences', silence({ matchers: [matcher('service', '(', true)] }));
  await post('silence-endless', '/api/v2/silences', silence({ endsAt: undefined }));
  const bare = await post('silence-no-comment', '/api/v2/silences', silence({ comment: '' }));
  const { silenceID: bareID } = bare.body as { silenceID: string };
  await ask(asker, { method: 'DELETE', path: `/api/v2/silence/${bareID}` });
  await post('silence-nonsense', '/api/v2/silences', 'nonsense');
  const made = await post('silence-made', '/api/v2/silences', silence());
  const { silenceID } = made.body as { silenceID: string };
  await get('silence', `/api/v2/silence/${silenceID}`);
  await get('silences', '/api/v2/silences');
  await until('/api/v2/alerts', (text) => text.includes(`"silencedBy":["${silenceID}"]`));
  await get('alerts-silenced', '/api/v2/alerts');
  await recorder.record('silence-expired', asker, {
    method: 'DELETE',
    path: `/api/v2/silence/${silenceID}`,
  });
  await get('silence-after', `/api/v2/silence/${silenceID}`);
  await recorder.record('silence-expired-again', asker, {
    method: 'DELETE',
    path: `/api/v2/silence/${silenceID}`,
  });
  await until('/api/v2/alerts', (text) => !text.includes(`"silencedBy":["${silenceID}"]`));
  await get('silence-unknown', '/api/v2/silence/00000000-0000-4000-8000-000000000000');
  await get('silence-no-id', '/api/v2/silence/nonsense');
  await recorder.record('silence-unknown-expired', asker, {
    method: 'DELETE',
    path: '/api/v2/silence/00000000-0000-4000-8000-000000000000',
  });
  await get('unknown', '/api/v2/nothing');
  await get('former', '/api/v1/alerts');
}
