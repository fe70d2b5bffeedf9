import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import { textAt } from '../kube/objects.ts';
import type { Answering, Searched } from './findServer.ts';

/** As the community's charts and the operator of Prometheus name it, best first. */
const names = [
  'alertmanager',
  'alertmanager-main',
  'kube-prometheus-stack-alertmanager',
  'prometheus-alertmanager',
  'prometheus-kube-prometheus-alertmanager',
  'alertmanager-operated',
];

/** Alertmanager as clusters run it. */
export const searchedAlertmanager: Searched = {
  connector: 'alertmanager',
  title: 'Alertmanager',
  consequence: 'Alerts on the map; silences.',
  without: 'Only alerts of Prometheus itself are shown, and none can be silenced.',
  advice: 'Open it by its address.',
  // Many clusters have their alerts elsewhere.
  isMissed: false,
  homes: [
    ['monitoring', 'alertmanager', '9093'],
    ['monitoring', 'alertmanager-main', '9093'],
    ['monitoring', 'alertmanager-operated', '9093'],
    ['monitoring', 'kube-prometheus-stack-alertmanager', '9093'],
  ],
  score(name, labels) {
    const place = names.indexOf(name);
    const isLabelled = [labels.get('app.kubernetes.io/name'), labels.get('app')].includes('alertmanager');
    // Behind a headless Service the API server's proxy goes to any of several, which is as good.
    if (place >= 0) return 100 - place + (isLabelled ? 10 : 0);
    if (isLabelled) return 50;
    return /-alertmanager$/.test(name) ? 20 : 0;
  },
  rank(port, name) {
    if (port === 9093) return 3;
    if (/^(http-)?(web|http|alertmanager)/.test(name)) return 2;
    return /mesh|cluster|reloader/.test(name) ? 0 : 1;
  },
  check,
};

/** Only Alertmanager tells of a cluster and a version there; a prefix is where Mimir has it. */
async function check(transport: Transport, signal: AbortSignal): Promise<Answering> {
  for (const prefix of ['', '/alertmanager']) {
    const path = `${prefix}/api/v2/status`;
    const answer = await transport.request({
      method: 'GET',
      path,
      signal,
      timeoutMs: 10_000,
      maxBytes: 4 * 1024 * 1024,
    });
    if (answer.status === 401 || answer.status === 403)
      throw new PeerError(
        'unauthenticated',
        `Alertmanager ${transport.route} asks for credentials (${answer.status}).`,
        {
          status: answer.status,
        },
      );
    const version = answer.status === 200 ? versionIn(answer.body) : null;
    if (version === null) continue;
    const reach: Transport =
      prefix === ''
        ? transport
        : {
            route: `${transport.route}${prefix}`,
            request: (request) => transport.request({ ...request, path: prefix + request.path }),
          };
    return { transport: reach, product: `Alertmanager ${version}` };
  }
  throw new PeerError('notThePeer', `What answers ${transport.route} is no Alertmanager.`);
}

function versionIn(body: string): string | null {
  try {
    return textAt(JSON.parse(body), 'versionInfo', 'version')?.slice(0, 60) ?? null;
  } catch {
    return null;
  }
}
