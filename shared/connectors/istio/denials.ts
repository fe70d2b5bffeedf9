import {
  type AttributeTest,
  type AuthorizationPolicy,
  type AuthorizationRule,
  judgeAuthorization,
  type JudgedPolicy,
  type KnownCaller,
  strictest,
} from '../../analysis/authorization.ts';
import type { DenialJudgement, PolicyWord } from '../../model/denial.ts';
import { attachedTo, calleeObject, keptWaypoints, targetsOf, type Waypoint } from './attachment.ts';
import type { DenialSource } from '../kit/denials.ts';
import {
  at,
  keyOf,
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  namespaceOf,
  selects,
  textAt,
  timeAt,
} from '../kube/objects.ts';
import { enforcementAt, isGuarded } from './enforcement.ts';
import type { ReadMeshRoots } from './meshRoots.ts';
import { haveIdentity, isTriedOut, whyUnfound } from './denialDoubts.ts';
import { findCaller } from '../kube/callerPods.ts';
import { isAmbient } from './isolation/callers.ts';
import { readHeld } from './isolation/marker.ts';
import type { Mesh } from './mesh.ts';
import { podsBehind, policiesFor } from './policies.ts';

const source = 'Istio’s AuthorizationPolicies';

interface Read extends AuthorizationPolicy {
  readonly object: KubeObject;
}

/** What AuthorizationPolicies do to calls, by the identities that callers run under. */
export function createDenials(mesh: Mesh, meshRoots: ReadMeshRoots): DenialSource {
  const waypoints = keptWaypoints(mesh);
  return {
    known: 'atOnce',
    async judge({ callee, caller, protocol }, signal) {
      const view = mesh.authorizationPolicies;
      if (view === null) return null;
      await mesh.ready(signal);
      if (!view.synced)
        return {
          source,
          outcome: 'unknown',
          text: 'AuthorizationPolicies cannot be read, so it is not known whether one refuses these calls.',
          policies: [],
          notes: view.health.ok ? [] : [view.health.error],
        };
      const pods = podsBehind(mesh, callee);
      const roots = await meshRoots(pods);
      signal.throwIfAborted();
      const callers = caller === null ? [] : (findCaller(mesh, caller)?.pods ?? []);
      const known = knownCaller(callers);
      const object = calleeObject(mesh, callee);
      const targeted = [...view.all()].filter((policy) => targetsOf(policy).length > 0);
      const isEvident = [...pods, ...callers].some(isAmbient);
      const waypoint: Waypoint =
        object === null
          ? { is: 'unknown' }
          : targeted.length > 0 || isEvident
            ? await waypoints(object, callers, signal)
            : { is: 'none' };
      const attached = targeted.flatMap((policy) => {
        const found = attachedTo(policy, { callee: object, pods, waypoint, roots });
        return found === null ? [] : [{ ...found, policy }];
      });
      const attachedAt = (at: 'waypoint' | 'instances') =>
        attached.flatMap(({ place, policy, doubt }) =>
          place === at && !isTriedOut(policy)
            ? [readPolicy(policy, at === 'waypoint' ? [] : pods, doubt)]
            : [],
        );
      const enforcement = enforcementAt(callee.name, pods);
      const selecting = policiesFor(mesh, callee, roots.names).filter(
        (policy) => targetsOf(policy).length === 0,
      );
      const declared = [
        ...selecting
          .filter((policy) => !isTriedOut(policy))
          .map((policy) =>
            readPolicy(policy, pods, enforcement.doubt ?? roots.doubt(policy, callee.namespace)),
          ),
        ...attachedAt('instances'),
      ];
      const bare = enforcement.note(declared.map(titleOf));
      const idle = [
        ...[...selecting, ...attached.map(({ policy }) => policy)]
          .filter(isTriedOut)
          .map(
            (policy) =>
              `AuthorizationPolicy ${keyOf(policy)} is only tried out (istio.io/dry-run): it refuses nobody.`,
          ),
        ...(bare === null ? [] : [bare]),
      ];
      // Behind a waypoint an instance is called by that, under its own account.
      const isHidden = waypoint.is === 'named' || (waypoint.is === 'unknown' && isEvident);
      const { outcome, by } = strictest([
        judgeAuthorization(attachedAt('waypoint'), known, protocol),
        judgeAuthorization(enforcement.by === 'nobody' ? [] : declared, isHidden ? null : known, protocol),
      ]);
      const who = caller?.name ?? 'this caller';
      const { namespaces } = mesh.client;
      // What holds for the whole mesh, or at the waypoint, is elsewhere: nobody is cleared of a refusal without it.
      const unread = [
        ...roots.names.map((where) => ({ what: 'the whole mesh', where })),
        ...(waypoint.is === 'named' ? [{ what: 'its waypoint', where: waypoint.namespace }] : []),
      ].find(({ where }) => namespaces?.includes(where) === false);
      const isCleared = outcome === 'unruled' || outcome === 'admitted';
      if (unread !== undefined && isCleared)
        return {
          source,
          outcome: 'unknown',
          text: `No policy of the namespaces that were read refuses ${who}; those of ${unread.what}, in ${unread.where}, were not.`,
          policies: by.map((one) => wordOf(one, outcome)),
          notes: idle,
        };
      const unfound = whyUnfound(mesh, object, callee.name, pods, roots.names);
      // Who is not admitted may be by one that was not found; who is denied is.
      if (unfound !== null && by.every(({ policy }) => policy.action === 'ALLOW'))
        return {
          source,
          outcome: 'unknown',
          text: unfound,
          policies: by.map((one) => wordOf(one, outcome)),
          notes: idle,
        };
      const notes = [
        ...(known === null
          ? [
              haveIdentity(callers)
                ? `Under which identity ${who} calls is not known here.`
                : `${who} has instances without a proxy of Istio’s, which call without identity.`,
            ]
          : []),
        ...(waypoint.is === 'named'
          ? [
              `Calls to ${callee.name} in ambient mode go through waypoint ${waypoint.namespace}/${waypoint.name}: its instances see the waypoint’s identity, not the caller’s.`,
            ]
          : []),
        ...(known !== null && by.some(({ policy }) => asksWho(policy))
          ? [
              `${who} is taken to call with its service account (${known.accounts.join(', ')}), as mutual TLS shows it; without mutual TLS no rule by identity knows it.`,
            ]
          : []),
      ];
      return {
        source,
        outcome,
        text: sentenceOf(outcome, by, who, callee.name),
        policies: by.map((one) => wordOf(one, outcome)),
        notes: [...idle, ...(outcome === 'unruled' ? [] : notes), ...(isCleared ? roots.notes : [])],
      };
    },
  };
}

function knownCaller(pods: readonly KubeObject[]): KnownCaller | null {
  const [first] = pods;
  if (first === undefined || !haveIdentity(pods)) return null;
  const accounts = pods.map((pod) => textAt(pod, 'spec', 'serviceAccountName') ?? 'default');
  return { namespace: namespaceOf(first), accounts: [...new Set(accounts)] };
}

/** A policy as it is heeded before these pods; without any, by a proxy that stands before them all. */
function readPolicy(object: KubeObject, pods: readonly KubeObject[], doubt: string | null): Read {
  const selector = mapAt(object, 'spec', 'selector', 'matchLabels');
  const action = textAt(object, 'spec', 'action') ?? 'ALLOW';
  return {
    object,
    namespace: namespaceOf(object),
    name: object.metadata.name,
    action: action === 'DENY' || action === 'CUSTOM' || action === 'AUDIT' ? action : 'ALLOW',
    rules: listAt(object, 'spec', 'rules').map((rule) => readRule(rule, namespaceOf(object))),
    coversAll: pods.every(
      (pod) => isGuarded(pod) && (selector.size === 0 || selects(selector, labelsOf(pod))),
    ),
    doubt,
  };
}

const ofSource = {
  principals: 'source.principal',
  namespaces: 'source.namespace',
  serviceAccounts: 'source.serviceAccount',
  requestPrincipals: 'request.auth.principal',
  ipBlocks: 'source.ip',
  remoteIpBlocks: 'remote.ip',
  trustDomains: 'source.trustDomain',
} as const;

const ofOperation = {
  hosts: 'request.host',
  ports: 'destination.port',
  methods: 'request.method',
  paths: 'request.path',
} as const;

function readRule(rule: unknown, namespace: string): AuthorizationRule {
  const read = (from: unknown, fields: Readonly<Record<string, string>>): AttributeTest[] =>
    Object.entries(fields).flatMap(([field, attribute]) => {
      const opposite = `not${field[0]?.toUpperCase() ?? ''}${field.slice(1)}`;
      return testOf(attribute, textsAt(from, field), textsAt(from, opposite), namespace);
    });
  return {
    from: listAt(rule, 'from').map((one) => read(at(one, 'source'), ofSource)),
    to: listAt(rule, 'to').map((one) => read(at(one, 'operation'), ofOperation)),
    when: listAt(rule, 'when').flatMap((one) =>
      testOf(textAt(one, 'key') ?? '', textsAt(one, 'values'), textsAt(one, 'notValues'), namespace),
    ),
  };
}

function testOf(
  attribute: string,
  values: readonly string[],
  notValues: readonly string[],
  namespace: string,
): AttributeTest[] {
  if (values.length === 0 && notValues.length === 0) return [];
  // An account without a namespace is of the policy's own.
  const written = (text: string): string =>
    attribute === 'source.serviceAccount' && !text.includes('/') ? `${namespace}/${text}` : text;
  return [{ attribute, values: values.map(written), notValues: notValues.map(written) }];
}

const textsAt = (value: unknown, field: string): readonly string[] =>
  listAt(value, field).filter((one) => typeof one === 'string');

const titleOf = ({ namespace, name }: Read): string => `AuthorizationPolicy ${namespace}/${name}`;

function wordOf({ policy, match }: JudgedPolicy<Read>, outcome: string): PolicyWord {
  const { object, namespace, name, action } = policy;
  const on = match.is === 'depends' ? `: depends on ${match.on.map(sayAttribute).join(', ')}` : '';
  const said = ((): Pick<PolicyWord, 'effect' | 'text'> => {
    if (action === 'CUSTOM')
      return {
        effect: 'mayDeny',
        text: `may be refused by the authorizer that ${titleOf(policy)} asks${on}`,
      };
    if (action === 'DENY')
      return match.is === 'yes'
        ? { effect: 'denies', text: `denied by ${titleOf(policy)} (DENY)` }
        : { effect: 'mayDeny', text: `may be denied by ${titleOf(policy)}${on}` };
    if (match.is === 'yes') return { effect: 'admits', text: `admitted by ${titleOf(policy)} (ALLOW)` };
    return match.is === 'depends'
      ? { effect: 'mayAdmit', text: `may be admitted by ${titleOf(policy)}${on}` }
      : { effect: 'doesNotAdmit', text: `${titleOf(policy)} admits ${sayAdmitted(policy)}` };
  })();
  const trips = readHeld(object).held;
  return {
    apiVersion: object.apiVersion,
    kind: 'AuthorizationPolicy',
    namespace,
    name,
    ...said,
    createdAt: timeAt(object, 'metadata', 'creationTimestamp'),
    heldUntil:
      outcome === 'admitted' || trips.length === 0 ? null : Math.max(...trips.map(({ until }) => until)),
  };
}

/** Whether its rules tell callers apart by who they are. */
const asksWho = ({ rules }: Read): boolean =>
  rules.some(({ from, when }) =>
    [...from.flat(), ...when].some(({ attribute }) => attribute.startsWith('source.')),
  );

/** Whom an ALLOW policy names; "nobody" where it has no rule. */
function sayAdmitted({ rules }: Read): string {
  if (rules.length === 0) return 'nobody';
  const named = rules.flatMap((rule) =>
    [...rule.from.flat(), ...rule.when.filter(({ attribute }) => attribute.startsWith('source.'))].map(
      ({ attribute, values, notValues }) =>
        `${sayAttribute(attribute)} ${values.length > 0 ? '' : 'other than '}${(values.length > 0 ? values : notValues).slice(0, 4).join(', ')}`,
    ),
  );
  return named.length === 0 ? 'only some requests' : `only ${[...new Set(named)].slice(0, 4).join(' or ')}`;
}

const words: Readonly<Record<string, string>> = {
  'source.principal': 'principal',
  'source.namespace': 'namespace',
  'source.serviceAccount': 'service account',
  'source.ip': 'the caller’s address',
  'remote.ip': 'the client’s address',
  'source.trustDomain': 'the mesh’s trust domain',
  'request.path': 'path',
  'request.method': 'method',
  'request.host': 'host',
  'destination.port': 'port',
  'request.auth.principal': 'the end user',
  instance: 'the instance',
};
const sayAttribute = (attribute: string): string =>
  Object.hasOwn(words, attribute) ? (words[attribute] ?? attribute) : attribute;

/** Of what it depends whether policies refuse a call, each once. */
function conditionsOf(by: readonly JudgedPolicy<Read>[]): readonly string[] {
  const isByRequest = by.some(
    ({ policy, match }) =>
      policy.action === 'CUSTOM' ||
      (match.is === 'depends' && match.on.some((on) => on !== 'instance' && on !== policy.doubt)),
  );
  return [
    ...(isByRequest ? ['the request'] : []),
    ...(by.every(({ policy }) => policy.coversAll) ? [] : ['which instance answers']),
    ...new Set(by.flatMap(({ policy }) => policy.doubt ?? [])),
  ];
}

function sentenceOf(
  outcome: DenialJudgement['outcome'],
  by: readonly JudgedPolicy<Read>[],
  who: string,
  callee: string,
): string {
  const [first] = by;
  switch (outcome) {
    case 'denied': {
      if (first === undefined) return '';
      if (first.policy.action === 'DENY')
        return readHeld(first.policy.object).held.length > 0
          ? `Calls from ${who} are denied by a trip that Podium holds (${titleOf(first.policy)}).`
          : `Calls from ${who} are denied by ${titleOf(first.policy)} (DENY).`;
      if (by.every(({ policy }) => policy.rules.length === 0))
        return `${titleOf(first.policy)} admits nobody.`;
      return by.length === 1
        ? `${titleOf(first.policy)} admits ${sayAdmitted(first.policy)}; ${who} is not among them.`
        : `None of the ${by.length} ALLOW policies of ${callee} admits ${who}.`;
    }
    case 'maybe': {
      const which = by.length === 1 && first !== undefined ? titleOf(first.policy) : 'a policy';
      return `Whether ${which} refuses ${who} depends on ${conditionsOf(by).join(', and on ')}.`;
    }
    case 'admitted':
      return `The policies of ${callee} that Podium knows of admit ${who}; a 403 may be the application’s own.`;
    case 'unruled':
      return `No AuthorizationPolicy that Podium knows of refuses ${who}; a 403 may be the application’s own.`;
    case 'unknown':
      return '';
  }
}
