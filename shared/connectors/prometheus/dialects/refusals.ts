import type { Endpoint } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { MetricQuery } from '../dialect.ts';
import { type Matcher, quoteRegex } from '../promql.ts';
import { endOf as endOfHubble } from './hubble.ts';
import { endOf as endOfLinkerd, SOURCE } from './linkerd.ts';

/** How one kind of proxy counts what policies refused at a callee. */
export interface RefusalDialect {
  /** "Linkerd metrics". */
  readonly title: string;
  readonly query: MetricQuery;
  /** Series about callees of a namespace: each of the alternatives. */
  inNamespace(namespace: string): readonly (readonly Matcher[])[];
  /** Null where the labels do not name it. */
  callee(labels: Labels): Endpoint | null;
  /** Null where the labels do not name it, or not by what it runs as. */
  caller(labels: Labels): Endpoint | null;
  /** "2.1 calls/s to cart are refused by Linkerd at Server market/cart-http": of the figure, the callee's name and a row's labels. */
  say(perSecond: string, callee: string, labels: Labels): string;
  /** What it rests on. */
  readonly note: string;
}

/**
 * Requests that a callee's proxy of Linkerd's denied (linkerd.io, reference, proxy metrics; labels as linkerd2-proxy writes them:
 * the Server, the route and the client's identity). Which policy would have admitted them is not told: none did.
 */
const linkerd: RefusalDialect = {
  title: 'Linkerd metrics',
  query: {
    metric: 'inbound_http_authz_deny_total',
    matchers: [],
    by: [...SOURCE, 'srv_kind', 'srv_name', 'client_id'],
  },
  inNamespace: (namespace) => [[{ label: 'namespace', is: 'equal', values: [namespace] }]],
  callee: (labels) => endOfLinkerd(labels, '', null),
  // A certificate names an account, which several workloads may have.
  caller: () => null,
  say(perSecond, callee, labels) {
    const name = labels['srv_name'] ?? '';
    const where =
      name === ''
        ? ''
        : labels['srv_kind'] === 'server'
          ? ` at Server ${labels['namespace'] ?? ''}/${name}`
          : ` by its default policy “${name}”`;
    const identity = labels['client_id'] ?? '';
    const whom = identity === '' ? 'a caller without identity' : (/^[^.]+\.[^.]+/.exec(identity)?.[0] ?? '');
    return `${perSecond} calls/s to ${callee} are refused by Linkerd${where}: from ${whom}`;
  },
  note: 'Linkerd answers these with 403; no policy of that Server admitted them. A caller is known by its service account.',
};

/** Flows that Cilium dropped by policy (docs.cilium.io, Hubble metrics, `drop`); newer ones write the reason as its enum's name. */
const hubble: RefusalDialect = {
  title: 'Hubble metrics',
  query: {
    metric: 'hubble_drop_total',
    matchers: [
      {
        label: 'reason',
        is: 'pattern',
        values: ['POLICY_DENIED', 'POLICY_DENY', 'Policy denied.*'],
      },
    ],
    by: ['source', 'destination'].flatMap((end) =>
      ['', '_namespace', '_workload', '_app', '_pod'].map((part) => `${end}${part}`),
    ),
  },
  inNamespace: (namespace) => [
    [{ label: 'destination_namespace', is: 'equal', values: [namespace] }],
    [
      { label: 'destination_namespace', is: 'equal', values: [''] },
      { label: 'destination', is: 'pattern', values: [`${quoteRegex(namespace)}/.*`] },
    ],
  ],
  callee: (labels) => namedBy(endOfHubble(labels, 'destination')),
  caller: (labels) => namedBy(endOfHubble(labels, 'source')),
  say(perSecond, callee, labels) {
    const { namespace, workload, service, instance } = endOfHubble(labels, 'source');
    const name = workload ?? service ?? instance;
    const from = name === null ? '' : ` from ${namespace === null ? '' : `${namespace}/`}${name}`;
    return `${perSecond} packets/s${from} to ${callee} are dropped by a network policy`;
  },
  note: 'Cilium drops these without an answer: such calls time out or fail to connect.',
};

const namedBy = (end: Endpoint): Endpoint | null =>
  (end.workload ?? end.service ?? end.instance) === null ? null : end;

export const refusalDialects: readonly RefusalDialect[] = [linkerd, hubble];
