/** Which labels are meant: each pair, and each expression; nothing asked is everything. */
export interface LabelSelector {
  readonly pairs: ReadonlyMap<string, string>;
  readonly expressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

type Labels = ReadonlyMap<string, string>;

/** One end of a call: pods of a namespace, by their labels. */
export interface PodEnd {
  readonly namespace: string;
  /** Null where the namespace itself may not be read. */
  readonly namespaceLabels: Labels | null;
  /** Empty where they were not found: what they are labelled with is not known then. */
  readonly pods: readonly Labels[];
}

/** Who may be at the other end; `address` for one by its address, which is not judged. */
export type PolicyPeer =
  | {
      readonly kind: 'pods';
      readonly pods: LabelSelector | null;
      readonly namespaces: LabelSelector | null;
    }
  | { readonly kind: 'address' };

/** Nobody named in `peers` is everybody. */
export interface PolicyRule {
  readonly peers: readonly PolicyPeer[];
  /** It admits some ports only. */
  readonly byPort: boolean;
}

export interface NetworkPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly selects: LabelSelector;
  /** Null where it says nothing of that direction. */
  readonly ingress: readonly PolicyRule[] | null;
  readonly egress: readonly PolicyRule[] | null;
}

type Answer = 'yes' | 'no' | 'depends';

export interface JudgedNetworkPolicy<P extends NetworkPolicy = NetworkPolicy> {
  readonly policy: P;
  readonly direction: 'ingress' | 'egress';
  readonly admits: Answer;
}

/**
 * Whether policies let a call through: who is selected by any in a direction gets only what some of these admits, at both
 * ends (Kubernetes, Network Policies, "the two sorts of pod isolation").
 */
export function judgeNetwork<P extends NetworkPolicy>(
  policies: readonly P[],
  caller: PodEnd | null,
  callee: PodEnd,
): {
  readonly outcome: 'denied' | 'maybe' | 'admitted' | 'unruled';
  readonly by: readonly JudgedNetworkPolicy<P>[];
} {
  const sides = [
    judgeSide(policies, 'ingress', callee, caller),
    ...(caller === null ? [] : [judgeSide(policies, 'egress', caller, callee)]),
  ];
  const worst = (['denied', 'maybe', 'admitted'] as const).find((outcome) =>
    sides.some((side) => side.outcome === outcome),
  );
  if (worst === undefined) return { outcome: 'unruled', by: [] };
  return { outcome: worst, by: sides.filter(({ outcome }) => outcome === worst).flatMap(({ by }) => by) };
}

function judgeSide<P extends NetworkPolicy>(
  policies: readonly P[],
  direction: 'ingress' | 'egress',
  own: PodEnd,
  other: PodEnd | null,
) {
  const meant = policies.filter((policy) => policy[direction] !== null && policy.namespace === own.namespace);
  // Of several pods one may be selected and another not; of unknown ones each policy may select some, those for all pods do.
  const always = meant.filter(({ selects }) => isEmpty(selects));
  const perPod =
    own.pods.length > 0
      ? own.pods.map((labels) => meant.filter(({ selects }) => matches(selects, labels)))
      : [always, ...meant.map((one) => [...new Set([...always, one])])];
  const selecting = [...new Set(perPod.flat())];
  const by = selecting.map((policy) => ({
    policy,
    direction,
    admits: admits(policy[direction] ?? [], other, own.namespace),
  }));
  const answerOf = (chosen: readonly P[]): Answer => {
    if (chosen.length === 0) return 'yes';
    const answers = by.filter(({ policy }) => chosen.includes(policy)).map((one) => one.admits);
    return answers.find((one) => one === 'yes') ?? answers.find((one) => one === 'depends') ?? 'no';
  };
  const answers = new Set(perPod.map(answerOf));
  const outcome: 'denied' | 'maybe' | 'admitted' | 'unruled' =
    selecting.length === 0
      ? 'unruled'
      : answers.size > 1 || answers.has('depends')
        ? 'maybe'
        : answers.has('no')
          ? 'denied'
          : 'admitted';
  return { outcome, by };
}

function admits(rules: readonly PolicyRule[], other: PodEnd | null, ownNamespace: string): Answer {
  const answers = rules.map(({ peers, byPort }): Answer => {
    const found = peers.length === 0 ? 'yes' : or(peers.map((peer) => isPeer(peer, other, ownNamespace)));
    return found === 'yes' && byPort ? 'depends' : found;
  });
  return or(answers);
}

function isPeer(peer: PolicyPeer, other: PodEnd | null, ownNamespace: string): Answer {
  if (peer.kind === 'address' || other === null) return 'depends';
  const { pods, namespaces } = peer;
  if (namespaces === null && other.namespace !== ownNamespace) return 'no';
  if (namespaces !== null) {
    if (other.namespaceLabels === null) return isEmpty(namespaces) ? podsMatch(pods, other) : 'depends';
    if (!matches(namespaces, other.namespaceLabels)) return 'no';
  }
  return podsMatch(pods, other);
}

function podsMatch(selector: LabelSelector | null, { pods }: PodEnd): Answer {
  if (selector === null || isEmpty(selector)) return 'yes';
  if (pods.length === 0) return 'depends';
  const hits = pods.filter((labels) => matches(selector, labels)).length;
  return hits === pods.length ? 'yes' : hits === 0 ? 'no' : 'depends';
}

const or = (answers: readonly Answer[]): Answer =>
  answers.find((one) => one === 'yes') ?? answers.find((one) => one === 'depends') ?? 'no';

const isEmpty = ({ pairs, expressions }: LabelSelector): boolean =>
  pairs.size === 0 && expressions.length === 0;

function matches({ pairs, expressions }: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of pairs) if (labels.get(key) !== value) return false;
  return expressions.every(({ key, operator, values }) => {
    const value = labels.get(key);
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}

/** "app=order, tier in (a, b)"; "any" where nothing is asked. */
export function saySelector({ pairs, expressions }: LabelSelector): string {
  const said = [
    ...[...pairs].map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values }) =>
      operator === 'Exists'
        ? `${key} set`
        : operator === 'DoesNotExist'
          ? `${key} not set`
          : `${key} ${operator === 'NotIn' ? 'not in' : 'in'} (${values.join(', ')})`,
    ),
  ];
  return said.length === 0 ? 'any' : said.join(', ');
}
