import { readFileSync, writeFileSync } from 'node:fs';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { createConsole } from '../../shared/core/console.ts';
import type { JournalStore } from '../../shared/core/ports.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Operation } from '../../shared/model/operation.ts';
import type { Holding } from '../../shared/model/watch.ts';
import { openNodePorts } from '../../shared/node/ports.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import { createPaper, paperConnector, paperHost } from '../support/paperConnector.ts';

/**
 * A console on a real data folder whose peer is a file, in a process of its own: it is killed at a step that is given by its
 * number, and started again. What it plays is told by the first argument, as JSON.
 */
export interface CrashRun {
  readonly dataFolder: string;
  /** The peer: its document and every write that it took. */
  readonly peerFile: string;
  readonly startAt: number;
  readonly boot: string;
  /** What is done after opening; nothing at a restart. */
  readonly act: 'trip' | 'shift' | 'shiftAndUndo' | 'watchedShift' | 'nothing';
  /** Ends the process as `kill -9` does when it comes to this step; 0 for never. */
  readonly dieAt: number;
}

/** The peer's file. */
export interface PeerFile {
  readonly weights: number[];
  readonly trip: unknown;
  readonly revision: number;
  readonly writes: string[];
}

/** What a run that was not killed says last. */
export interface CrashAnswer {
  readonly steps: number;
  /** What the title bar showed a second after the start. */
  readonly listed: readonly Holding[];
}

const given = process.argv[2];
if (given === undefined) throw new Error('say what to play');
const run = JSON.parse(given) as CrashRun;
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === run.dieAt) process.kill(process.pid, 'SIGKILL');
}

/** Every write of the journal is two steps: about to reach the disk, and on it. */
function stepping(journal: JournalStore): JournalStore {
  return {
    ...journal,
    async append(record) {
      step();
      await journal.append(record);
      step();
    },
    async update(record) {
      step();
      await journal.update(record);
      step();
    },
  };
}

const peer = JSON.parse(readFileSync(run.peerFile, 'utf8')) as PeerFile;
const paper = createPaper(peer.weights);
paper.revision = peer.revision;
paper.trip = peer.trip as typeof paper.trip;
const writes = [...peer.writes];
paper.onApply = step;
paper.onWritten = () => {
  const { weights, trip, revision } = paper;
  writes.push(trip === null ? `weights ${weights.join()}` : `trip ${trip.status}`);
  writeFileSync(run.peerFile, JSON.stringify({ weights, trip, revision, writes }));
  step();
};

const ports = openNodePorts({ dataFolder: run.dataFolder });
const clock = createFakeClock(run.startAt, 0, run.boot);
const console_ = await createConsole([paperConnector(paper)], {
  ...ports,
  clock,
  journal: stepping(ports.journal),
});
const client: RouterClient<ConsoleRouter> = createRouterClient(console_.router);
let listed: readonly Holding[] = [];
void follow();
await clock.advance(1_000);
const listedFirst = listed;
await client.connections.discover();
await client.connections.open({ key: 'paper:paper' });
await clock.advance(10);
// Errors of v2 that begin with the write: what a watch takes a shift back for.
paper.counters = () =>
  ['v1', 'v2'].flatMap((version) =>
    [false, true].map((failed) => ({
      key: `${version}${failed}`,
      caller: 'order',
      host: paperHost,
      subset: version,
      version,
      failed,
      responseCode: null,
      flags: [],
      samples: Array.from({ length: 600 }, (_, i) => {
        const at = run.startAt - 60_000 + i * 2_000;
        const after = Math.max(0, at - run.startAt);
        return [at, failed ? (version === 'v2' ? after / 20 : 0) : i * 20] as const;
      }).filter(([at]) => at <= clock.now()),
    })),
  );
await act();
await clock.advance(8 * 60_000);
process.stdout.write(JSON.stringify({ steps, listed: listedFirst } satisfies CrashAnswer));
await console_[Symbol.asyncDispose]();
await ports[Symbol.asyncDispose]();

async function follow(): Promise<void> {
  for await (const now of await client.holds.watch()) listed = now;
}

async function act(): Promise<void> {
  if (run.act === 'nothing') return;
  await client.connections.unlock({ id: 'paper' });
  const id = await apply(operationOf(run.act), run.act === 'watchedShift');
  if (run.act !== 'shiftAndUndo') return;
  await clock.advance(1_000);
  const undo = await client.operations.planUndo({ operationId: id });
  await client.operations.apply({ planId: undo.id, reason: '', ticked: [], typedName: null });
}

async function apply(operation: Operation, watched: boolean): Promise<string> {
  const plan = await client.operations.plan({ operation });
  const { operationId } = await client.operations.apply({
    planId: plan.id,
    reason: 'INC-1',
    ticked: plan.guards.map(({ id }) => id),
    typedName: plan.serviceName,
    watch: watched
      ? { forSeconds: 300, conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.05 }] }
      : null,
  });
  return operationId;
}

function operationOf(kind: Exclude<CrashRun['act'], 'nothing'>): Operation {
  if (kind === 'trip')
    return {
      kind: 'trip',
      connectionId: 'paper',
      call: { calleeId: 'paper/shop/payment', host: paperHost, caller: null },
      mechanism: { kind: 'refuse', status: 503 },
      forSeconds: 300,
    };
  return {
    kind: 'setWeights',
    splitId: 'uid-1/http/default',
    connectionId: 'paper',
    weights: [50, 50],
    seen: { revision: String(paper.revision), weights: [...paper.weights] },
  };
}
