import { randomUUID } from 'node:crypto';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { connectors } from '../../shared/connectors/index.ts';
import { createConsole } from '../../shared/core/console.ts';
import type { ConsoleRouter } from '../../shared/core/router.ts';
import type { ConnectionState, OpenOptions } from '../../shared/model/connection.ts';
import type { Plan } from '../../shared/model/plan.ts';
import type { OperationRecord, Rung } from '../../shared/model/record.ts';
import type { Split } from '../../shared/model/weights.ts';
import { realClock } from '../conformance/cluster.ts';
import { createMemoryPorts } from '../support/memoryPorts.ts';
import type { PeersCoordinates } from './coordinates.ts';

/** A whole console without a window, asked through its contract. */
export interface ConsoleUnderTest extends AsyncDisposable {
  readonly client: RouterClient<ConsoleRouter>;
  /** Opens a context of the run's kubeconfig and gives its state once `expected` holds. */
  open(
    context: string,
    options: OpenOptions,
    expected: (state: ConnectionState) => boolean,
  ): Promise<ConnectionState>;
  /** The split of payment's route in namespace shop, as declared now. */
  paymentSplit(): Promise<Split>;
  plan(weights: readonly [number, number], seen?: Split): Promise<Plan>;
  apply(plan: Plan): Promise<string>;
  /** The operation's record once `expected` holds. */
  follow(
    operationId: string,
    expected: (record: OperationRecord) => boolean,
    limitMs?: number,
  ): Promise<OperationRecord>;
}

/** A console with the real connectors and real time; what it would keep on disk is in memory. */
export async function startConsole(): Promise<Pick<ConsoleUnderTest, 'client' | 'follow'> & AsyncDisposable> {
  const console = await createConsole(
    connectors,
    createMemoryPorts({
      clock: {
        ...realClock,
        monotonic: () => performance.now(),
        elapsed: () => performance.now(),
        boot: null,
      },
      random: { id: randomUUID, fraction: Math.random },
    }),
  );
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  return {
    client,
    follow: (operationId, expected, limitMs = 60_000) =>
      first((signal) => client.operations.watch({ operationId }, { signal }), expected, limitMs),
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  };
}

/** Such a console for the cluster of a run. */
export async function openConsole(peers: PeersCoordinates): Promise<ConsoleUnderTest> {
  process.env['KUBECONFIG'] = peers.kubernetes.kubeconfigFile;
  const console = await startConsole();
  const { client } = console;
  let connectionId = '';

  async function paymentSplit(): Promise<Split> {
    const splits = await first(
      (signal) => client.splits.watch(undefined, { signal }),
      (all) => all.some(isPayment),
    );
    const split = splits.find(isPayment);
    if (split === undefined) throw new Error('there is no split of payment');
    return split;
  }

  return {
    client,
    async open(context, options, expected) {
      const { candidates } = await client.connections.discover();
      const candidate = candidates.find((one) => one.title === context);
      if (candidate === undefined) throw new Error(`the kubeconfig has no context ${context}`);
      const { id } = await client.connections.open({ key: candidate.key, options });
      connectionId = id;
      const found = (states: ConnectionState[]) => states.find((state) => state.id === id);
      const states = await first(
        (signal) => client.connections.watch(undefined, { signal }),
        (all) => {
          const state = found(all);
          return state !== undefined && expected(state);
        },
      );
      return found(states) as ConnectionState;
    },
    paymentSplit,
    async plan(weights, seen) {
      const split = seen ?? (await paymentSplit());
      return client.operations.plan({
        operation: {
          kind: 'setWeights',
          splitId: split.id,
          connectionId,
          weights: [...weights],
          seen: { revision: split.revision, weights: split.destinations.map((one) => one.weight) },
        },
      });
    },
    async apply({ id, serviceName }) {
      await client.connections.unlock({ id: connectionId });
      const { operationId } = await client.operations.apply({
        planId: id,
        reason: 'proving what is measured',
        ticked: [],
        typedName: serviceName,
      });
      return operationId;
    },
    follow: console.follow,
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  };
}

/** One rung of an operation. */
export function rungOf(record: OperationRecord, name: Rung['rung']): Rung {
  const rung = record.rungs.find((one) => one.rung === name);
  if (rung === undefined) throw new Error(`the record has no rung ${name}`);
  return rung;
}

/** Documents may be read before services are: what is asked of a service waits until the map has it. */
function isPayment({ document, serviceId }: Split): boolean {
  return document.namespace === 'shop' && document.name === 'payment' && serviceId !== null;
}

/** The first value of a stream that is as expected; says what came last when none is. */
export async function first<T>(
  stream: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  expected: (value: T) => boolean,
  limitMs = 60_000,
): Promise<T> {
  const stop = AbortSignal.timeout(limitMs);
  let last: T | undefined;
  try {
    for await (const value of await stream(stop)) {
      last = value;
      if (expected(value)) return value;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  throw new Error(`not seen within ${limitMs / 1_000} s; last: ${JSON.stringify(last)?.slice(0, 3_000)}`);
}
