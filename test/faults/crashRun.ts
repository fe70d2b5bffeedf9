import { readFileSync, writeFileSync } from 'node:fs';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { createConsole } from '../../shared/core/console.ts';
import type { JournalStore } from '../../shared/core/ports.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Operation } from '../../shared/model/operation.ts';
import type { Plan } from '../../shared/model/plan.ts';
import type { Holding } from '../../shared/model/watch.ts';
import { openNodePorts } from '../../shared/node/ports.ts';
import { createFakeClock } from '../support/memoryPorts.ts';
import { createPaper, paperConnector, paperHost, type Paper } from '../support/paperConnector.ts';
import { createTraffic } from '../support/paperTraffic.ts';

/**
 * A console on a real data folder whose peer is a file. It is played in a process of its own where it is to be killed, at a
 * step that is given by its number.
 */
export interface CrashRun {
  readonly dataFolder: string;
  /** The peer: its document and every write that it took. */
  readonly peerFile: string;
  readonly startAt: number;
  readonly boot: string;
  /** What is done after opening; nothing at a restart. */
  readonly act: 'trip' | 'shift' | 'shiftAndUndo' | 'watchedShift' | 'set' | 'nothing';
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

type Client = RouterClient<ConsoleRouter>;

/** A console on the run's folder and peer; nothing is connected yet. */
export async function openRun(run: CrashRun) {
  const step = stepsOf(run);
  const paper = paperIn(run.peerFile, step);
  const ports = openNodePorts({ dataFolder: run.dataFolder });
  const clock = createFakeClock(run.startAt, 0, run.boot);
  const journal = stepping(ports.journal, step);
  const console_ = await createConsole([paperConnector(paper)], { ...ports, clock, journal });
  const client: Client = createRouterClient(console_.router);
  return {
    client,
    clock,
    paper,
    async [Symbol.asyncDispose]() {
      await console_[Symbol.asyncDispose]();
      await ports[Symbol.asyncDispose]();
    },
  };
}

/** Plays a run and gives what the title bar showed a second after the start. */
export async function playCrash(run: CrashRun): Promise<readonly Holding[]> {
  await using opened = await openRun(run);
  const { client, clock, paper } = opened;
  let listed: readonly Holding[] = [];
  const follow = async (): Promise<void> => {
    for await (const now of await client.holds.watch()) listed = now;
  };
  void follow();
  await clock.advance(1_000);
  const listedFirst = listed;
  const traffic = createTraffic(paper, clock, ['v1', 'v2']);
  await client.connections.discover();
  await client.connections.open({ key: 'paper:paper' });
  await clock.advance(10);
  if (run.act !== 'nothing') await act(run.act, client, paper, (ms) => clock.advance(ms));
  // What becomes of its trip later is no matter of the set.
  if (run.act === 'set') return listedFirst;
  // What a watch takes a shift back for.
  traffic.set('v2', { errorRatio: 0.3 });
  await clock.advance(7 * 60_000);
  return listedFirst;
}

function stepsOf({ dieAt }: CrashRun): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps === dieAt) process.kill(process.pid, 'SIGKILL');
  };
}

/** Every write of the journal is two steps: about to reach the disk, and on it. */
function stepping(journal: JournalStore, step: () => void): JournalStore {
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

function paperIn(file: string, step: () => void): Paper {
  const peer = JSON.parse(readFileSync(file, 'utf8')) as PeerFile;
  const paper = createPaper(peer.weights);
  paper.revision = peer.revision;
  paper.trip = peer.trip as Paper['trip'];
  const writes = [...peer.writes];
  paper.onApply = step;
  paper.onWritten = () => {
    const { weights, trip, revision } = paper;
    writes.push(trip === null ? `weights ${weights.join()}` : `trip ${trip.status}`);
    writeFileSync(file, JSON.stringify({ weights, trip, revision, writes } satisfies PeerFile));
    step();
  };
  return paper;
}

async function act(
  kind: Exclude<CrashRun['act'], 'nothing'>,
  client: Client,
  paper: Paper,
  advance: (ms: number) => Promise<void>,
): Promise<void> {
  await client.connections.unlock({ id: 'paper' });
  if (kind === 'set') {
    const operations = [operationOf('shift', paper), operationOf('trip', paper)];
    const { plans } = await client.operations.planSet({ operations });
    await applyPlans(client, plans);
    await advance(1_000);
    return;
  }
  const plan = await client.operations.plan({ operation: operationOf(kind, paper) });
  const { operationId } = await client.operations.apply({
    planId: plan.id,
    reason: 'INC-1',
    ticked: plan.guards.map(({ id }) => id),
    typedName: plan.serviceName,
    watch:
      kind === 'watchedShift'
        ? { forSeconds: 300, conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.05 }] }
        : null,
  });
  await advance(1_000);
  if (kind !== 'shiftAndUndo') return;
  const undo = await client.operations.planUndo({ operationId });
  await client.operations.apply({ planId: undo.id, reason: '', ticked: [], typedName: null });
}

/** Applies plans as a set, whatever their guards ask. */
export async function applyPlans(client: Client, plans: readonly Plan[]): Promise<string> {
  const { setId } = await client.operations.applySet({
    planIds: plans.map(({ id }) => id),
    reason: 'INC-1',
    confirmations: plans.map(({ id, guards, serviceName }) => ({
      planId: id,
      ticked: guards.map((guard) => guard.id),
      typedName: serviceName,
    })),
  });
  return setId;
}

function operationOf(kind: Exclude<CrashRun['act'], 'nothing' | 'set'>, paper: Paper): Operation {
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
