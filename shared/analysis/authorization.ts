/** One attribute of a request, held against what a rule wants of it and what it does not want. */
export interface AttributeTest {
  /** As conditions of Istio's name it: `source.principal`, `request.path`, `destination.port`, … */
  readonly attribute: string;
  readonly values: readonly string[];
  readonly notValues: readonly string[];
}

/** Of `from` and `to` one has to hold whole, of `when` each; an empty list asks for nothing. */
export interface AuthorizationRule {
  readonly from: readonly (readonly AttributeTest[])[];
  readonly to: readonly (readonly AttributeTest[])[];
  readonly when: readonly AttributeTest[];
}

/** An AuthorizationPolicy that holds for the callee. */
export interface AuthorizationPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly action: 'ALLOW' | 'DENY' | 'CUSTOM' | 'AUDIT';
  readonly rules: readonly AuthorizationRule[];
  /** Whether it holds for every instance of the callee, or only for some. */
  readonly coversAll: boolean;
  /** Of what it depends whether calls meet it at all ("whether calls go through Gateway shop/waypoint"); null where they do. */
  readonly doubt: string | null;
}

/** Who calls, so far as the cluster tells before there is a request; several accounts where its instances differ. */
export interface KnownCaller {
  readonly namespace: string;
  readonly accounts: readonly string[];
}

/** `depends`: on what only a request has, by the attributes in question. */
type Match =
  { readonly is: 'yes' } | { readonly is: 'no' } | { readonly is: 'depends'; readonly on: readonly string[] };

/** How one policy's rules stand to the caller. */
export interface JudgedPolicy<P extends AuthorizationPolicy = AuthorizationPolicy> {
  readonly policy: P;
  readonly match: Match;
}

export interface AuthorizationJudgement<P extends AuthorizationPolicy = AuthorizationPolicy> {
  readonly outcome: 'denied' | 'maybe' | 'admitted' | 'unruled';
  /** What decides: the policies that deny or may, else those that do not admit, else those that do. */
  readonly by: readonly JudgedPolicy<P>[];
}

const yes: Match = { is: 'yes' };
const no: Match = { is: 'no' };

/**
 * Whether policies refuse a caller, in Istio's order: CUSTOM, then DENY, then ALLOW, where nothing that one names is admitted
 * once there is any (Istio, Authorization Policy, "implicit enablement"). AUDIT refuses nobody.
 */
export function judgeAuthorization<P extends AuthorizationPolicy>(
  policies: readonly P[],
  caller: KnownCaller | null,
  protocol: 'http' | 'tcp',
): AuthorizationJudgement<P> {
  const judged = (action: P['action']): JudgedPolicy<P>[] =>
    policies
      .filter((policy) => policy.action === action)
      .map((policy) => ({ policy, match: matchOf(policy, caller, protocol) }));
  const denying = judged('DENY').filter(({ match }) => match.is !== 'no');
  const certain = denying.filter(({ match }) => match.is === 'yes');
  if (certain.length > 0) return { outcome: 'denied', by: certain };
  const asking = judged('CUSTOM').filter(({ match }) => match.is !== 'no');
  const allowing = judged('ALLOW');
  const admitting = allowing.filter(({ match }) => match.is === 'yes');
  const doubtful = allowing.filter(({ match }) => match.is === 'depends');
  // Who is admitted by each is refused by none, met or not.
  const isNamedByAll = allowing.every(({ policy }) => rulesMatch(policy, caller, protocol).is === 'yes');
  const lacksAdmission = allowing.length > 0 && admitting.length === 0 && !isNamedByAll;
  // One that holds for some instances only, or is perhaps not met, leaves the others open.
  const isCertain = ({ policy }: JudgedPolicy<P>): boolean => policy.coversAll && policy.doubt === null;
  if (lacksAdmission && doubtful.length === 0 && allowing.some(isCertain))
    return { outcome: 'denied', by: allowing };
  const open = [...asking, ...denying, ...(lacksAdmission ? allowing : [])];
  if (open.length > 0) return { outcome: 'maybe', by: open };
  const named = admitting.length > 0 ? admitting : allowing;
  return named.length > 0 ? { outcome: 'admitted', by: named } : { outcome: 'unruled', by: [] };
}

/** A call has to pass at each place that it meets: the strictest decides. */
export function strictest<P extends AuthorizationPolicy>(
  judgements: readonly AuthorizationJudgement<P>[],
): AuthorizationJudgement<P> {
  const outcome = (['denied', 'maybe', 'admitted'] as const).find((one) =>
    judgements.some((judgement) => judgement.outcome === one),
  );
  if (outcome === undefined) return { outcome: 'unruled', by: [] };
  return { outcome, by: judgements.filter((one) => one.outcome === outcome).flatMap(({ by }) => by) };
}

function matchOf(policy: AuthorizationPolicy, caller: KnownCaller | null, protocol: 'http' | 'tcp'): Match {
  const match = rulesMatch(policy, caller, protocol);
  const { doubt } = policy;
  if (doubt !== null && match.is !== 'no')
    return dependingOn([match, { is: 'depends', on: [doubt] }]) ?? match;
  const isHeldBySome = !policy.coversAll && policy.action !== 'ALLOW' && match.is === 'yes';
  return isHeldBySome ? { is: 'depends', on: ['instance'] } : match;
}

function rulesMatch(
  policy: AuthorizationPolicy,
  caller: KnownCaller | null,
  protocol: 'http' | 'tcp',
): Match {
  const fit = policy.rules.flatMap((rule) => ruleFor(policy, rule, protocol));
  return any(
    fit.map(({ from, to, when }) =>
      all([
        from.length === 0 ? yes : any(from.map((tests) => all(tests.map((one) => testOf(one, caller))))),
        to.length === 0 ? yes : any(to.map((tests) => all(tests.map((one) => testOf(one, caller))))),
        ...when.map((one) => testOf(one, caller)),
      ]),
    ),
  );
}

/** What can be asked of a connection alone; everything else needs a request (Istio, Authorization for TCP traffic). */
const ofConnections =
  /^(?:source\.(?:ip|principal|namespace|serviceAccount|trustDomain)|destination\.(?:ip|port)|connection\.sni)$/;

/** On connections an ALLOW rule that asks for a request admits nobody; a DENY rule asks for what is left of it. */
function ruleFor(
  { action }: AuthorizationPolicy,
  rule: AuthorizationRule,
  protocol: 'http' | 'tcp',
): readonly AuthorizationRule[] {
  if (protocol === 'http') return [rule];
  const isFit = ({ attribute }: AttributeTest): boolean => ofConnections.test(attribute);
  if (action === 'ALLOW')
    return [...rule.from.flat(), ...rule.to.flat(), ...rule.when].every(isFit) ? [rule] : [];
  const cut = (lists: AuthorizationRule['from']) => lists.map((tests) => tests.filter(isFit));
  return [{ from: cut(rule.from), to: cut(rule.to), when: rule.when.filter(isFit) }];
}

function testOf({ attribute, values, notValues }: AttributeTest, caller: KnownCaller | null): Match {
  const possible = possibleValues(attribute, caller);
  const named = values.length === 0 ? yes : among(values, attribute, possible);
  const excluded = notValues.length === 0 ? no : among(notValues, attribute, possible);
  return all([named, not(excluded)]);
}

/** What the attribute can be; null where only a request tells. Of a caller without identity it is nothing at all. */
function possibleValues(attribute: string, caller: KnownCaller | null): readonly string[] | null {
  if (caller === null) return null;
  const { namespace, accounts } = caller;
  switch (attribute) {
    case 'source.namespace':
      return [namespace];
    case 'source.principal':
      return accounts.length === 0
        ? null
        : accounts.map((name) => `cluster.local/ns/${namespace}/sa/${name}`);
    case 'source.serviceAccount':
      return accounts.length === 0 ? null : accounts.map((name) => `${namespace}/${name}`);
    default:
      return null;
  }
}

function among(wanted: readonly string[], attribute: string, possible: readonly string[] | null): Match {
  const unknown: Match = { is: 'depends', on: [attribute] };
  if (possible === null) return unknown;
  const hits = possible.map((value) => wanted.some((pattern) => fits(pattern, value)));
  if (hits.every(Boolean)) return yes;
  // Which name a mesh trusts is not told here: another domain before the same account may be this one.
  if (attribute === 'source.principal' && possible.some((value) => wanted.some((one) => mayFit(one, value))))
    return { is: 'depends', on: ['source.trustDomain'] };
  return hits.some(Boolean) ? unknown : no;
}

/** Whether it fits under another trust domain; `cluster.local` always means the mesh's own, and `*` asks for none. */
function mayFit(pattern: string, value: string): boolean {
  const slash = pattern.indexOf('/');
  const domain = slash === -1 ? pattern : pattern.slice(0, slash);
  if (domain === 'cluster.local' || domain === '*') return false;
  if (slash === -1) return domain.endsWith('*') && !domain.startsWith('*');
  return fits(pattern.slice(slash), value.slice(value.indexOf('/')));
}

/** Whole, by its start (`abc*`), by its end (`*abc`), or anything that is there (`*`). */
function fits(pattern: string, value: string): boolean {
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  return pattern === value;
}

function all(matches: readonly Match[]): Match {
  if (matches.some(({ is }) => is === 'no')) return no;
  return dependingOn(matches) ?? yes;
}

function any(matches: readonly Match[]): Match {
  if (matches.some(({ is }) => is === 'yes')) return yes;
  return dependingOn(matches) ?? no;
}

function not(match: Match): Match {
  if (match.is === 'depends') return match;
  return match.is === 'yes' ? no : yes;
}

function dependingOn(matches: readonly Match[]): Match | null {
  const on = [...new Set(matches.flatMap((match) => (match.is === 'depends' ? match.on : [])))];
  return on.length === 0 ? null : { is: 'depends', on };
}
