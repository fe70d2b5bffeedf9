import { createRouterClient, type RouterClient } from '@orpc/server';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { Ports } from '../../shared/core/ports.ts';
import type { OperationRecord } from '../../shared/model/record.ts';
import { createFakeClock, createMemoryJournal, createMemoryPorts } from './memoryPorts.ts';
import { paperConnector, type Paper } from './paperConnector.ts';

/** How a console on paper is opened. */
interface PaperOptions {
  /** What its journal holds already. */
  readonly records?: Map<string, OperationRecord>;
  /** False for the second console on one journal. */
  readonly writable?: boolean;
  /** Begins every id, so that two runs on one journal make different ones. */
  readonly prefix?: string;
  /** The hour at which it is opened. */
  readonly startAt?: number;
  /** What the machine has counted by then. */
  readonly elapsed?: number;
  /** Which run of the machine it is. */
  readonly boot?: string;
  /** What of the host differs. */
  readonly ports?: Partial<Ports>;
  /** Opened by the console itself, as at a host's start, or not at all; else by the operator. */
  readonly start?: boolean;
}

/** A console with one connection, to a peer on paper, that is open and still locked. */
export async function openPaper(paper: Paper, options: PaperOptions = {}) {
  const {
    records = new Map<string, OperationRecord>(),
    writable = true,
    prefix = '',
    ports: more = {},
  } = options;
  let ids = 0;
  const clock = createFakeClock(options.startAt, options.elapsed, options.boot);
  const ports = createMemoryPorts({
    clock,
    journal: createMemoryJournal(records, writable),
    random: { id: () => `${prefix}${(ids += 1)}`, fraction: () => 0.5 },
    ...more,
  });
  const console = await createConsole([paperConnector(paper)], ports);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  let id = 'paper';
  if (options.start === true) await console.reopenHeld();
  else {
    const { candidates } = await client.connections.discover();
    ({ id } = await client.connections.open({ key: candidates[0]?.key ?? '' }));
  }
  await ports.clock.advance(10);
  const plan = (weights: number[]) =>
    client.operations.plan({
      operation: {
        kind: 'setWeights',
        splitId: 'uid-1/http/default',
        connectionId: 'paper',
        weights,
        seen: { revision: String(paper.revision), weights: [...paper.weights] },
      },
    });
  const apply = (planId: string, more: object = {}) =>
    client.operations.apply({ planId, reason: 'INC-1', ticked: [], typedName: null, ...more });
  const rung = (operationId: string, name: string) =>
    records.get(operationId)?.rungs.find((one) => one.rung === name);
  const close = () => console[Symbol.asyncDispose]();
  return { client, ports, records, id, plan, apply, rung, close, [Symbol.asyncDispose]: close };
}
