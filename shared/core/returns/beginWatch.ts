import { sharesOf } from '../../analysis/weights.ts';
import { anySignal } from '../../connectors/kit/anySignal.ts';
import { sayError } from '../../connectors/kit/peerError.ts';
import type { GraphService } from '../../model/graph.ts';
import type { Plan } from '../../model/plan.ts';
import type { WatchCondition, WatchRequest, WatchState } from '../../model/watch.ts';
import { splitIdOf } from '../controls.ts';
import type { LiveConnection } from '../liveConnection.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { judgeCondition, nameOf } from './conditions.ts';
import { readFigures, signalsOf, type FigureScope } from './figures.ts';
import { deadlineIn } from './moments.ts';

/** Figures of this long before the write tell whether a condition is broken already; none from before the change before it. */
const beforeMs = 60_000;
/** A difference takes two samples after the write has settled, and one more that says the same. */
const scrapesToJudge = 3;

/** A write that is about to be watched. */
interface ToWatch {
  readonly plan: Plan;
  readonly connection: LiveConnection;
  readonly service: GraphService | null;
  readonly minimumCalls: number;
}

/** The calls that a watch over an operation counts. */
export function scopeOf(
  { expectation }: Pick<Plan, 'expectation'>,
  service: GraphService | null,
): FigureScope {
  const hosts = new Set(service?.hosts ?? []);
  if (expectation.host !== null) hosts.add(expectation.host);
  if (expectation.kind === 'shares') for (const { host } of expectation.destinations) hosts.add(host);
  return { hosts: [...hosts], ownFlags: expectation.kind === 'refusals' ? expectation.flags : [] };
}

/** Begins a watch. Throws a Refusal where nothing can be watched, or where it would take the change back at once. */
export async function beginWatch(
  request: WatchRequest,
  { plan, connection, service, minimumCalls }: ToWatch,
  { clock }: Pick<Ports, 'clock'>,
): Promise<WatchState> {
  const signals = signalsOf(connection);
  const scope = scopeOf(plan, service);
  if (signals === null || scope.hosts.length === 0)
    throw new Refusal('REFUSED', 'Not applied: nothing measures this, so it cannot be watched.');
  if (plan.changes.some(({ withheld }) => withheld))
    throw new Refusal(
      'REFUSED',
      'Not applied: the values before are secret and not kept, so Podium could not go back. Apply it without a watch.',
    );
  if (plan.operation.kind === 'silence')
    throw new Refusal(
      'REFUSED',
      'Not applied: a silence changes no traffic, so nothing of it can be watched.',
    );
  if (plan.operation.kind === 'closeBreaker')
    throw new Refusal(
      'REFUSED',
      'Not applied: a breaker that is closed opens by itself, and not by a watch.',
    );
  if (plan.operation.kind === 'endTrip' || (plan.operation.kind === 'trip' && plan.undoOf !== null))
    throw new Refusal('REFUSED', 'Not applied: to go back would trip the call again, without an end.');
  if (plan.direction === 'awayFromHarm')
    throw new Refusal(
      'REFUSED',
      'Not applied: this moves away from what fails now, so going back would lead to it. Apply it without a watch.',
    );
  const leastSeconds = scrapesToJudge * (signals.scrapeIntervalSeconds ?? 0);
  if (request.forSeconds < leastSeconds)
    throw new Refusal(
      'REFUSED',
      `Not applied: figures come every ${signals.scrapeIntervalSeconds} s, so ${request.forSeconds} s are too short to judge anything by. Watch for ${leastSeconds} s at least.`,
    );
  const now = clock.now();
  const since = Math.max(now - beforeMs, Math.min(now, changedAt(plan, connection) ?? 0));
  const latency = request.conditions.some(({ kind }) => kind === 'latency');
  const figures = await readFigures(
    signals,
    scope,
    { since, now, latency },
    anySignal([connection.closed, AbortSignal.timeout(15_000)]),
  ).catch((thrown: unknown) => {
    throw new Refusal('PEER', sayError(thrown, 'Not applied: reading the figures to watch failed'));
  });
  for (const condition of request.conditions) {
    if (condition.kind === 'noTraffic') {
      const share = shareOf(condition, plan);
      if (share?.after === 0) refuse(`${nameOf(condition.version)} gets no calls by this very change`);
      // Calls that come only with this change cannot be missed before it.
      if (share?.before === 0) continue;
    }
    const spanMs = condition.kind === 'noTraffic' ? condition.forSeconds * 1000 : beforeMs;
    const judged = judgeCondition(condition, figures, {
      since: Math.max(since, now - spanMs),
      now,
      minimumCalls,
      oldestSampleMs: beforeMs,
    });
    if (judged.broken) refuse(judged.text);
  }
  const { at, moment } = deadlineIn(request.forSeconds * 1000, clock);
  return {
    request,
    serviceId: service?.id ?? null,
    startedAt: now,
    endsAt: at,
    endsAtMoment: moment,
    state: 'watching',
    note: '',
    readings: request.conditions.map(() => null),
    returnedBy: null,
  };
}

/** When the document of a split that is about to be written was changed last, if it says so. */
function changedAt({ operation }: Plan, { splits }: LiveConnection): number | null {
  const splitId = splitIdOf(operation);
  return splits.find(({ id }) => id === splitId)?.changedBy?.at ?? null;
}

function refuse(why: string): never {
  throw new Refusal(
    'REFUSED',
    `Not applied: a condition is broken already (${why}), so it would be taken back at once. Change the condition.`,
  );
}

/** The share of calls that a version has before and after a change of weights; null for any other change. */
function shareOf(condition: WatchCondition, { operation, expectation }: Plan) {
  if (operation.kind !== 'setWeights' || expectation.kind !== 'shares' || condition.version === null)
    return null;
  const i = expectation.destinations.findIndex(
    ({ version, subset }) => version === condition.version || subset === condition.version,
  );
  const before = sharesOf(operation.seen.weights);
  return { before: before[i] ?? null, after: expectation.destinations[i]?.share ?? null };
}
