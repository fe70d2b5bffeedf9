import type { FoldedSignals } from './foldSignals.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { Protection } from '../model/inspect.ts';
import type { UnprotectedCall } from '../model/protection.ts';

/** What is declared is held to in the caller's proxy: without one its own program may have what it likes. */
export const noSidecar = 'not known: the caller has no sidecar';

type Missing = UnprotectedCall['missing'][number];

/**
 * Calls of one connection that lack a time-out, a limit, an ejection or a fallback, busiest first; those without a figure
 * come last. `declared` are protections by callee host, one map a source; `fallbacks` hosts that have one. Of callers that
 * are not held to what is declared nobody can tell.
 */
export function missingProtections(
  graph: { readonly services: readonly GraphService[]; readonly calls: readonly GraphCall[] },
  connectionId: string,
  declared: readonly ReadonlyMap<string, readonly Protection[]>[],
  fallbacks: ReadonlySet<string>,
  folded: Pick<FoldedSignals, 'callSignals'> | null,
  isHeldBy: (caller: GraphService) => boolean,
): UnprotectedCall[] {
  const services = new Map(graph.services.map((service) => [service.id, service]));
  const found: UnprotectedCall[] = [];
  for (const call of graph.calls) {
    const callee = services.get(call.calleeId);
    const caller = services.get(call.callerId);
    const host = callee?.hosts[0];
    if (callee === undefined || caller === undefined || host === undefined) continue;
    if (!call.callerId.startsWith(`${connectionId}/`) || callee.kind !== 'service') continue;
    const protections = declared.flatMap((one) => callee.hosts.flatMap((name) => one.get(name) ?? []));
    const isKnown = isHeldBy(caller);
    const hasFallback = callee.hosts.some((name) => fallbacks.has(name));
    const missing = isKnown ? missingOf(protections, hasFallback) : [];
    if (isKnown && missing.length === 0) continue;
    found.push({
      callId: call.id,
      calleeId: callee.id,
      host,
      title: `${caller.name} → ${callee.name}`,
      requestsPerSecond: folded?.callSignals.get(call.id)?.requestsPerSecond ?? null,
      missing,
      unknown: isKnown ? null : noSidecar,
    });
  }
  return found.sort((a, b) => (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1));
}

function missingOf(protections: readonly Protection[], hasFallback: boolean): Missing[] {
  const has = (...kinds: Protection['kind'][]) => protections.some(({ kind }) => kinds.includes(kind));
  const missing: Missing[] = [];
  if (!has('timeout')) missing.push('timeout');
  if (!has('limit')) missing.push('limit');
  if (!has('ejection', 'breaker')) missing.push('ejection');
  if (!hasFallback && !has('fallback')) missing.push('fallback');
  return missing;
}
