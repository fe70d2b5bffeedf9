import type { CallId, EntityId } from '../model/entity.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { CallSignals, ServiceSignals } from '../model/signals.ts';
import { formatPercent } from './formats.ts';

/** Where failures seem to come from: the services on the way, the last one being the cause. */
export interface Cause {
  readonly path: readonly GraphService[];
  readonly signals: ServiceSignals | null;
  readonly call: CallSignals;
}

/** The whole picture, and where to begin. */
export interface CauseInput {
  readonly service: GraphService;
  readonly signals: ServiceSignals | null;
  readonly services: readonly GraphService[];
  readonly calls: readonly GraphCall[];
  readonly callSignals: ReadonlyMap<CallId, CallSignals>;
  readonly serviceSignals: ReadonlyMap<EntityId, ServiceSignals>;
}

/** A callee explains a caller's failures only when the calls to it lose at least this share of what the caller loses. */
const EXPLAINS = 0.4;

/**
 * Walks from a failing service down its failing calls, always along the one that loses most, to the last service whose own
 * callees do not explain its failures. Null when the failures begin at the service itself.
 */
export function findCause(input: CauseInput): Cause | null {
  const byId = new Map(input.services.map((service) => [service.id, service]));
  const outgoing = new Map<EntityId, GraphCall[]>();
  for (const call of input.calls) {
    const list = outgoing.get(call.callerId);
    if (list === undefined) outgoing.set(call.callerId, [call]);
    else list.push(call);
  }
  // What is lost in all must be known, or every failing callee would explain it.
  let lost = input.signals?.failedPerSecond ?? null;
  if (lost === null) return null;
  const visited = new Set<EntityId>([input.service.id]);
  const path: GraphService[] = [];
  let current = input.service;
  let last: CallSignals | null = null;
  for (;;) {
    let worst: { service: GraphService; call: CallSignals; failed: number } | null = null;
    for (const call of outgoing.get(current.id) ?? []) {
      const signals = input.callSignals.get(call.id);
      const service = byId.get(call.calleeId);
      if (signals === undefined || service === undefined || visited.has(service.id)) continue;
      if (signals.health !== 'failing' && signals.health !== 'degraded') continue;
      const failed = signals.failedPerSecond;
      if (failed === null || failed === 0 || failed < lost * EXPLAINS) continue;
      if (worst === null || failed > worst.failed) worst = { service, call: signals, failed };
    }
    if (worst === null) break;
    path.push(worst.service);
    visited.add(worst.service.id);
    current = worst.service;
    lost = worst.failed;
    last = worst.call;
  }
  return last === null ? null : { path, signals: input.serviceSignals.get(current.id) ?? null, call: last };
}

/** "Its failing calls lead to bank-api, which fails 21 % of the calls it gets from payment." */
export function sayCause(service: GraphService, cause: Cause): string {
  const names = cause.path.map((one) => one.name);
  const culprit = names.at(-1) ?? '';
  const caller = names.at(-2) ?? service.name;
  const way = names.length > 1 ? ` by way of ${names.slice(0, -1).join(' and ')}` : '';
  return `Its failing calls lead to ${culprit}${way}: of the calls from ${caller} to ${culprit}, ${formatPercent(cause.call.errorRatio)} fail.`;
}
