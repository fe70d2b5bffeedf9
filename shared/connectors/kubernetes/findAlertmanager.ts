import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import { textAt } from '../kube/objects.ts';
import { askServer, below } from './askServer.ts';
import { type Answering, scoreOf, type Searched } from './findServer.ts';

/**
 * As the community's charts and the operator of Prometheus name it, best first. Behind a headless Service the API
 * server's proxy goes to any of several, which is as good.
 */
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
  score: scoreOf(names, (label) => label === 'alertmanager', /-alertmanager$/),
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
    const reach = below(transport, prefix);
    const { status, body } = await askServer(reach, '/api/v2/status', { title: 'Alertmanager' }, signal);
    const version = status === 200 ? textAt(body, 'versionInfo', 'version') : null;
    if (version !== null) return { transport: reach, product: `Alertmanager ${version.slice(0, 60)}` };
  }
  throw new PeerError('notThePeer', `What answers ${transport.route} is no Alertmanager.`);
}
