import {
  judgeNetwork,
  type JudgedNetworkPolicy,
  type LabelSelector,
  type NetworkPolicy,
  type PodEnd,
  type PolicyPeer,
  type PolicyRule,
  saySelector,
} from '../../analysis/networkPolicies.ts';
import type { DenialJudgement, PolicyWord } from '../../model/denial.ts';
import { type DenialSource, unreadable } from '../kit/denials.ts';
import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import {
  at,
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  namespaceOf,
  textAt,
  timeAt,
} from '../kube/objects.ts';
import { nameLabels } from '../kube/podFacts.ts';
import { pods, type Resource, services } from '../kube/resources.ts';

const source = 'NetworkPolicies of the cluster';

const networkPolicies: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
};

type Client = Pick<KubeClient, 'object' | 'list' | 'read'>;
type Place = { readonly namespace: string; readonly name: string };

/** What NetworkPolicies do to calls, read when asked. Whether anything enforces them is not told by an API server. */
export function createNetworkDenials(client: Client): DenialSource {
  return {
    known: 'whenAsked',
    async judge({ callee, caller }, signal) {
      if (callee.namespace === null) return null;
      try {
        const namespaces = [...new Set([callee.namespace, caller?.namespace ?? callee.namespace])];
        const lists = await Promise.all(namespaces.map((one) => client.list(networkPolicies, one, signal)));
        const all = lists.flat().map(readPolicy);
        if (all.length === 0) return unruled(callee.name);
        const own = await readEnd(client, { ...callee, namespace: callee.namespace }, 'behind', signal);
        const isHere = ({ namespace, ingress }: Read): boolean =>
          namespace === callee.namespace && ingress !== null;
        if (own.pods.length === 0 && all.some(isHere)) return unfound(callee.name, callee.namespace);
        const from = caller?.namespace ?? null;
        const other =
          caller === null || from === null
            ? null
            : await readEnd(client, { name: caller.name, namespace: from }, 'named', signal);
        const { outcome, by } = judgeNetwork(all, other, own);
        if (outcome === 'unruled') return unruled(callee.name);
        const who = caller?.name ?? 'this caller';
        return {
          source,
          outcome,
          text: sentenceOf(outcome, by, who, callee.name),
          policies: by.map((one) => wordOf(one)),
          notes: [
            ...(other?.pods.length === 0 ? [`The pods of ${who} were not found.`] : []),
            'What a NetworkPolicy does not admit fails to connect: it is never answered 403.',
          ],
        };
      } catch (error) {
        const text = 'NetworkPolicies cannot be read, so it is not known whether one stops these calls.';
        return unreadable(error, { source, text, tried: 'Reading NetworkPolicies' }, signal);
      }
    },
  };
}

const unruled = (callee: string): DenialJudgement => ({
  source,
  outcome: 'unruled',
  text: `No NetworkPolicy is about ${callee}.`,
  policies: [],
  notes: [],
});

const unfound = (callee: string, namespace: string): DenialJudgement => ({
  source,
  outcome: 'unknown',
  text: `There are NetworkPolicies in ${namespace}, but the pods of ${callee} were not found: whether one is about them is not known.`,
  policies: [],
  notes: [],
});

/** What may be asked for as a label's value: names come from elsewhere too, and a selector has a grammar. */
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * The pods `behind` a Service by its selector; of a caller also those that are `named` so by a label, as proxies name them.
 * None where neither leads to pods.
 */
async function readEnd(
  client: Client,
  { namespace, name }: Place,
  which: 'behind' | 'named',
  signal: AbortSignal,
): Promise<PodEnd> {
  const service = await unlessMissing(client.object(services, namespace, name, signal));
  const byName =
    service === null || which === 'named' ? nameLabels.map((label) => new Map([[label, name]])) : [];
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const own = await client.read(path, signal).catch((error: unknown) => {
    // Its labels stay unknown; who may not read namespaces may read what is in them.
    if (error instanceof PeerError && (error.kind === 'forbidden' || error.kind === 'notFound')) return null;
    throw error;
  });
  return {
    namespace,
    namespaceLabels: own === null ? null : mapAt(own, 'metadata', 'labels'),
    pods: await firstPods(client, namespace, [mapAt(service, 'spec', 'selector'), ...byName], signal),
  };
}

async function firstPods(
  client: Client,
  namespace: string,
  choices: readonly ReadonlyMap<string, string>[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>[]> {
  for (const selector of choices) {
    if (selector.size === 0 || ![...selector.values()].every((value) => labelValue.test(value))) continue;
    const labelSelector = [...selector].map(([key, value]) => `${key}=${value}`).join(',');
    const found = await client.list(pods, namespace, signal, { labelSelector });
    if (found.length > 0) return found.map(labelsOf);
  }
  return [];
}

const unlessMissing = (reading: Promise<KubeObject>): Promise<KubeObject | null> =>
  reading.catch((error: unknown) => {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  });

interface Read extends NetworkPolicy {
  readonly object: KubeObject;
}

function readPolicy(object: KubeObject): Read {
  const types = listAt(object, 'spec', 'policyTypes');
  const hasEgress = at(object, 'spec', 'egress') !== undefined;
  // Without types it is for what comes in, and for what goes out where it has rules for that (NetworkPolicySpec).
  const is = (type: string): boolean =>
    types.length > 0 ? types.includes(type) : type === 'Ingress' || hasEgress;
  return {
    object,
    namespace: namespaceOf(object),
    name: object.metadata.name,
    selects: readSelector(at(object, 'spec', 'podSelector')),
    ingress: is('Ingress') ? listAt(object, 'spec', 'ingress').map((rule) => readRule(rule, 'from')) : null,
    egress: is('Egress') ? listAt(object, 'spec', 'egress').map((rule) => readRule(rule, 'to')) : null,
  };
}

function readRule(rule: unknown, field: 'from' | 'to'): PolicyRule {
  return {
    byPort: listAt(rule, 'ports').length > 0,
    peers: listAt(rule, field).map((peer): PolicyPeer => {
      if (at(peer, 'ipBlock') !== undefined) return { kind: 'address' };
      const selector = (name: string): LabelSelector | null => {
        const given = at(peer, name);
        return given === undefined ? null : readSelector(given);
      };
      return { kind: 'pods', pods: selector('podSelector'), namespaces: selector('namespaceSelector') };
    }),
  };
}

function readSelector(selector: unknown): LabelSelector {
  return {
    pairs: mapAt(selector, 'matchLabels'),
    expressions: listAt(selector, 'matchExpressions').map((one) => ({
      key: textAt(one, 'key') ?? '',
      operator: textAt(one, 'operator') ?? '',
      values: listAt(one, 'values').filter((value) => typeof value === 'string'),
    })),
  };
}

const titleOf = ({ namespace, name }: Read): string => `NetworkPolicy ${namespace}/${name}`;

function wordOf({ policy, direction, admits }: JudgedNetworkPolicy<Read>): PolicyWord {
  const [effect, text] = (
    {
      yes: ['admits', `${titleOf(policy)} admits it`],
      no: ['doesNotAdmit', `${titleOf(policy)} admits only ${sayRules(policy[direction] ?? [], direction)}`],
      depends: ['mayAdmit', `${titleOf(policy)} may admit it: depends on port or address`],
    } as const
  )[admits];
  return {
    apiVersion: policy.object.apiVersion,
    kind: 'NetworkPolicy',
    namespace: policy.namespace,
    name: policy.name,
    effect,
    text,
    createdAt: timeAt(policy.object, 'metadata', 'creationTimestamp'),
    heldUntil: null,
  };
}

function sayRules(rules: readonly PolicyRule[], direction: 'ingress' | 'egress'): string {
  if (rules.length === 0) return 'nobody';
  const end = direction === 'ingress' ? 'from' : 'to';
  const said = rules.flatMap(({ peers }) =>
    peers.map((peer) => {
      if (peer.kind === 'address') return `${end} some addresses`;
      const where = peer.namespaces === null ? '' : ` in namespaces ${saySelector(peer.namespaces)}`;
      return `${end} pods ${peer.pods === null ? 'any' : saySelector(peer.pods)}${where}`;
    }),
  );
  return [...new Set(said)].slice(0, 4).join(' or ');
}

function sentenceOf(
  outcome: 'denied' | 'maybe' | 'admitted',
  by: readonly JudgedNetworkPolicy<Read>[],
  who: string,
  callee: string,
): string {
  const [first] = by;
  const isOut = first?.direction === 'egress';
  switch (outcome) {
    case 'denied':
      if (first !== undefined && by.length === 1)
        return `${titleOf(first.policy)} admits only ${sayRules(first.policy[first.direction] ?? [], first.direction)}; ${isOut ? callee : who} is not among them.`;
      return isOut
        ? `No NetworkPolicy of ${who} lets it call ${callee}.`
        : `No NetworkPolicy of ${callee} admits ${who}.`;
    case 'maybe':
      return `Whether the NetworkPolicies let ${who} call ${callee} depends on port, address or instance.`;
    case 'admitted':
      return `The NetworkPolicies of ${callee} admit ${who}.`;
  }
}
