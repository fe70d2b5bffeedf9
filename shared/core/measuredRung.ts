import { counterDifferences } from '../analysis/counterDifferences.ts';
import { isOfCaller, judgeCalls, type CallsJudgement } from '../analysis/callsJudgement.ts';
import { judgeShares, type ShareJudgement } from '../analysis/shares.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { SignalSource } from '../connectors/kit/connector.ts';
import type { Diversion, Refusals, Served, Shares } from '../model/change.ts';
import type { CountersObservation } from '../model/observations.ts';
import type { OperationRecord } from '../model/record.ts';
import type { LiveConnection } from './liveConnection.ts';
import { notCounted } from './planParts.ts';
import { measureSilence } from './silenceRung.ts';
import { supersededBy, tell, type Climb } from './rungs.ts';

/** How long traffic is waited for before the ladder says that it came too thinly. */
const longestMeasureMs = 10 * 60_000;
/** Proxies get a new configuration within about this time; calls counted earlier may still follow the old one. */
const settleMs = 1_000;
/** A new policy holds for new connections; those that are open are closed within Istio's 45 s, unless it was told another time. */
const longestDrainMs = 90_000;

/** What the counts so far say; kept to judge the next look by. */
interface Judgement {
  readonly state: 'waiting' | 'seen' | 'contradicted';
  readonly detail: string;
}

/** Turns counters into judgements, look after look. */
interface Judge {
  readonly hosts: readonly string[];
  readonly stoppedBy?: 'fault' | 'answer' | 'limit';
  readonly deniedIn?: string;
  judge(read: CountersObservation, since: number, now: number): Judgement;
}

/** Counts calls since the write took effect until they show what was expected, or keep speaking against it. */
export async function measure(climb: Climb): Promise<void> {
  const { record, connection, journal, ports, signal } = climb;
  const uncounted = notCounted(record.expectation);
  if (uncounted !== null) {
    await tell(climb, 'measured', 'unobservable', uncounted, null);
    return;
  }
  if (record.expectation.kind === 'silenced') return await measureSilence(climb, record.expectation);
  if (signalsOf(connection) === undefined) {
    await tell(climb, 'measured', 'unobservable', 'not observable here: no source of traffic figures', null);
    return;
  }
  const judge = judgeOf(record);
  if (judge === null) return;
  const began = ports.clock.now();
  const since = began + settleMs;
  for (;;) {
    const signals = signalsOf(connection);
    await ports.clock.sleep(Math.max(2_000, (signals?.scrapeIntervalSeconds ?? 5) * 1000), signal);
    const superseded = await supersededBy(climb);
    const declared = (await journal.read(record.id))?.rungs.find(({ rung }) => rung === 'declared');
    if (superseded !== null || declared?.state === 'contradicted') {
      const why = superseded ?? 'changed by someone else';
      await tell(climb, 'measured', 'unobservable', `${why} before enough calls were counted`, null);
      return;
    }
    const now = ports.clock.now();
    const late = now - began > longestMeasureMs;
    try {
      const source = signalsOf(connection);
      if (source === undefined) throw new Error('no source of traffic figures at the moment');
      const { judge: _, ...about } = judge;
      const asked = { since, ...about };
      const read = await source.counters(asked, signal);
      const judged = judge.judge(read, since, now);
      if (judged.state !== 'waiting') {
        await tell(climb, 'measured', judged.state, judged.detail, now);
        return;
      }
      const detail = late ? `${judged.detail}; gave up after ten minutes` : judged.detail;
      await tell(climb, 'measured', late ? 'unobservable' : 'waiting', detail, null);
    } catch (thrown) {
      signal.throwIfAborted();
      const problem = sayError(thrown, 'Counting calls');
      const detail = late ? `${problem}; gave up after ten minutes` : problem;
      await tell(climb, 'measured', late ? 'unobservable' : 'waiting', detail, null);
    }
    if (late) return;
  }
}

/** Looked up each time: sources are opened anew when the operator looks again. */
function signalsOf(connection: LiveConnection): SignalSource | undefined {
  return connection.sources.find((source) => source.session.signals !== undefined)?.session.signals;
}

/** Null where nothing is to be counted. */
function judgeOf(record: OperationRecord): Judge | null {
  const { expectation } = record;
  switch (expectation.kind) {
    case 'shares':
      return sharesJudge(record, expectation);
    case 'refusals':
    case 'diversion':
    case 'served':
      return callsJudge(expectation);
    default:
      return null;
  }
}

function sharesJudge(record: OperationRecord, expectation: Shares): Judge {
  let judged: ShareJudgement | null = null;
  return {
    hosts: [...new Set(expectation.destinations.map((destination) => destination.host))],
    judge(read, since, now) {
      judged = judgeShares({
        expected: expectation.destinations,
        counts: counterDifferences(ofCaller(read.series, expectation), expectation, since),
        now,
        previous: judged,
        before: sharesBefore(record),
        // Of one caller's calls there are few, but all or nothing shows in few.
        ...(expectation.caller !== undefined && isAllOrNothing(expectation) ? { minimumCalls: 30 } : {}),
      });
      return judged;
    },
  };
}

const isAllOrNothing = ({ destinations }: Shares): boolean =>
  destinations.every(({ share }) => share === 0 || share === 1);

const ofCaller = (
  series: CountersObservation['series'],
  { caller }: Shares,
): CountersObservation['series'] =>
  caller === undefined ? series : series.filter((one) => isOfCaller(one, caller));

function callsJudge(expectation: Refusals | Diversion | Served): Judge {
  let judged: CallsJudgement | null = null;
  let stretch: number | null = null;
  const away = expectation.kind === 'diversion' ? [expectation.to.host] : [];
  const how = expectation.kind === 'diversion' ? undefined : expectation.how;
  return {
    hosts: [...new Set([expectation.host, ...away])],
    ...(how === 'fault' || how === 'answer' || how === 'limit' ? { stoppedBy: how } : {}),
    ...(how === 'policy' && expectation.namespace !== null ? { deniedIn: expectation.namespace } : {}),
    judge(read, since, now) {
      const from = stretch ?? since;
      judged = judgeCalls({ expectation, series: read.series, since: from, now, previous: judged });
      if (how !== 'policy' || judged.state !== 'contradicted' || now - since > longestDrainMs) return judged;
      const { detail } = judged;
      [stretch, judged] = [now, null];
      return {
        state: 'waiting',
        detail: `${detail}; connections that were open keep the old policies until closed`,
      };
    },
  };
}

/** Shares as they were declared before the write; null where that is not known. */
function sharesBefore({ operation }: OperationRecord): number[] | null {
  if (operation.kind !== 'setWeights') return null;
  const { weights } = operation.seen;
  const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  return total === 0 ? null : weights.map((weight) => (weight ?? 0) / total);
}
