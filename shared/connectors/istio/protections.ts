import type { Protection } from '../../model/inspect.ts';
import type { ProtectionSource } from '../kit/connector.ts';
import { at, type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import { qualify } from './hosts.ts';
import { findCaller } from '../kube/callerPods.ts';
import { hasProxy, isAmbient } from './isolation/callers.ts';
import type { Mesh } from './mesh.ts';
import { readForms } from './protectionForms/forms.ts';
import { routesOf } from './routes.ts';

/** Time-outs, retries, limits and ejection by the host they are declared for. */
export function createProtectionSource(mesh: Mesh): ProtectionSource {
  let kept: { readonly stamp: string; readonly found: ReadonlyMap<string, readonly Protection[]> } | null =
    null;
  return {
    declared() {
      const stamp = [...mesh.virtualServices.all(), ...mesh.destinationRules.all()]
        .map((document) => `${document.metadata.uid}@${document.metadata.resourceVersion}`)
        .join();
      if (kept?.stamp !== stamp) kept = { stamp, found: readProtections(mesh) };
      return kept.found;
    },
    isHeldBy(caller) {
      const pods = mesh.pods.synced ? (findCaller(mesh, caller)?.pods ?? []) : [];
      if (pods.length === 0) return null;
      return pods.some((pod) => hasProxy(pod) || isAmbient(pod));
    },
    forms: (service, signal) => readForms(mesh, service, signal),
  };
}

function readProtections(mesh: Mesh): ReadonlyMap<string, readonly Protection[]> {
  const found = new Map<string, Protection[]>();
  const add = (host: string, protections: readonly Protection[]): void => {
    const list = found.get(host) ?? [];
    for (const one of protections)
      if (!list.some((known) => known.kind === one.kind && known.text === one.text)) list.push(one);
    if (list.length > 0) found.set(host, list);
  };
  for (const document of mesh.virtualServices.all()) {
    for (const route of routesOf(document)) {
      const protections = routeProtections(route.raw, evidenceOf(document), route.title);
      for (const host of new Set(route.destinations.map((one) => one.host))) add(host, protections);
    }
  }
  for (const rule of mesh.destinationRules.all()) {
    const host = qualify(textAt(rule, 'spec', 'host') ?? '', namespaceOf(rule));
    add(host, policyProtections(at(rule, 'spec', 'trafficPolicy'), evidenceOf(rule), ''));
    for (const subset of listAt(rule, 'spec', 'subsets'))
      add(
        host,
        policyProtections(
          at(subset, 'trafficPolicy'),
          evidenceOf(rule),
          ` for ${textAt(subset, 'name') ?? ''}`,
          textAt(subset, 'name'),
        ),
      );
  }
  return found;
}

const evidenceOf = (document: KubeObject): string =>
  `${document.kind} ${namespaceOf(document)}/${document.metadata.name}`;

function routeProtections(route: unknown, evidence: string, title: string): Protection[] {
  const made: Protection[] = [];
  const where = `${evidence}, route “${title}”`;
  const timeout = textAt(route, 'timeout');
  const attempts = numberAt(route, 'retries', 'attempts');
  const fault = at(route, 'fault');
  // "timeouts or retries will not be enabled when faults are enabled on the client side" (virtual_service.proto): for
  // every call of the route, however few of them get the fault.
  const off = fault === undefined ? '' : '; without effect while the route injects faults';
  if (timeout !== null && !/^0+(\.0+)?(s|ms|m|h)?$/.test(timeout))
    made.push({ kind: 'timeout', text: `${sayDuration(timeout)}${off}`, evidence: where, observed: null });
  if (attempts !== null && attempts > 0) {
    const each = textAt(route, 'retries', 'perTryTimeout');
    const on = textAt(route, 'retries', 'retryOn');
    const parts = [
      `${attempts} ${attempts === 1 ? 'retry' : 'retries'}`,
      each === null ? null : `${sayDuration(each)} each`,
      on === null ? null : `on ${on.split(',').join(', ')}`,
    ].filter((part) => part !== null);
    made.push({
      kind: 'retry',
      text: parts.join(', ') + off,
      evidence: where,
      // A fault switches them off.
      tries: off === '' ? attempts + 1 : 1,
      observed: null,
    });
  }
  return made;
}

function policyProtections(
  policy: unknown,
  evidence: string,
  scope: string,
  subset: string | null = null,
): Protection[] {
  const made: Protection[] = [];
  const part = subset === null ? {} : { subset };
  const limit = (value: number | null, what: string, counts: NonNullable<Protection['limit']>): void => {
    // Zero means unset to Istio, and unset means 2^32-1: it protects nothing.
    if (value !== null && value > 0 && value < 2 ** 32 - 1)
      made.push({
        kind: 'limit',
        text: `at most ${value} ${what}${scope}, per calling proxy`,
        evidence,
        limit: counts,
        ...part,
        observed: null,
      });
  };
  limit(numberAt(policy, 'connectionPool', 'tcp', 'maxConnections'), 'connections', 'connections');
  limit(numberAt(policy, 'connectionPool', 'http', 'http1MaxPendingRequests'), 'requests waiting', 'waiting');
  limit(numberAt(policy, 'connectionPool', 'http', 'http2MaxRequests'), 'requests at once', 'requests');
  limit(numberAt(policy, 'connectionPool', 'http', 'maxRetries'), 'retries at once', 'retries');
  const ejection = at(policy, 'outlierDetection');
  const text = ejection === undefined ? null : sayEjection(ejection);
  if (text !== null)
    made.push({ kind: 'ejection', text: `${text}${scope}`, evidence, ...part, observed: null });
  return made;
}

function sayEjection(ejection: unknown): string | null {
  const errors = numberAt(ejection, 'consecutive5xxErrors') ?? numberAt(ejection, 'consecutiveErrors');
  const gateway = numberAt(ejection, 'consecutiveGatewayErrors');
  const local = numberAt(ejection, 'consecutiveLocalOriginFailures');
  // Zero switches it off; absent is five.
  if (errors === 0 && (gateway ?? 0) === 0 && (local ?? 0) === 0) return null;
  const after =
    errors === 0
      ? (gateway ?? 0) > 0
        ? `${gateway} gateway errors in a row`
        : `${local} failed connections in a row`
      : `${errors ?? 5} errors in a row`;
  const time = sayDuration(textAt(ejection, 'baseEjectionTime') ?? '30s');
  // Zero counts as unset here too.
  const share = numberAt(ejection, 'maxEjectionPercent') || 10;
  return `an instance is left out for ${time} after ${after}, at most ${share} % of them`;
}

/** "2s" → "2 s". */
const sayDuration = (text: string): string => text.replace(/(\d)([a-z]+)/g, '$1 $2').trim();
