import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { GraphService } from '../../shared/model/graph.ts';
import type { ConnectionState } from '../../shared/model/connection.ts';
import type { Plan } from '../../shared/model/plan.ts';
import type { Split } from '../../shared/model/weights.ts';
import { type ConsoleUnderTest, first, startConsole } from './console.ts';

/** One context of a kubeconfig file, with a server and a user of its own. */
export interface OneContext {
  readonly name: string;
  readonly server: string;
  readonly caFile: string;
  readonly user: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
}

/** A console on kubeconfig files of its own, which can be replaced while it runs. */
export interface ConsoleOnFiles extends AsyncDisposable {
  readonly client: ConsoleUnderTest['client'];
  readonly follow: ConsoleUnderTest['follow'];
  /** As tools do: a new file takes the place of the old one in one step. */
  replace(file: string, contexts: readonly OneContext[]): Promise<void>;
  connect(context: string): Promise<ConnectionState>;
  /** The connection's state once it is as expected. */
  state(id: string, expected: (state: ConnectionState) => boolean): Promise<ConnectionState>;
  /** Every service of the map by its id, once they are as expected. */
  map(
    expected: (services: ReadonlyMap<string, GraphService>) => boolean,
  ): Promise<ReadonlyMap<string, GraphService>>;
  /** The split of payment as one connection has it, once its weights are these. */
  split(id: string, weights: readonly [number, number]): Promise<Split>;
  plan(split: Split, weights: readonly [number, number], through?: string): Promise<Plan>;
  apply(plan: Plan): Promise<string>;
}

const limitMs = 60_000;

/** Begins with these files in KUBECONFIG, in this order. */
export async function consoleOnFiles(
  files: Readonly<Record<string, readonly OneContext[]>>,
): Promise<ConsoleOnFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-clusters-'));
  const replace: ConsoleOnFiles['replace'] = async (file, contexts) => {
    await writeFile(join(folder, 'new'), kubeconfigOf(contexts), { mode: 0o600 });
    await rename(join(folder, 'new'), join(folder, file));
  };
  for (const [file, contexts] of Object.entries(files)) await replace(file, contexts);
  process.env['KUBECONFIG'] = Object.keys(files)
    .map((file) => join(folder, file))
    .join(delimiter);
  const console = await startConsole();
  const { client } = console;

  const state: ConsoleOnFiles['state'] = async (id, expected) => {
    const found = (states: readonly ConnectionState[]) =>
      states.find((one) => one.id === id && expected(one));
    const states = await first(
      (signal) => client.connections.watch(undefined, { signal }),
      (all) => found(all) !== undefined,
    );
    return found(states) as ConnectionState; // the stream ended with it
  };

  return {
    client,
    follow: console.follow,
    replace,
    state,
    async connect(context) {
      const { candidates } = await client.connections.discover();
      const candidate = candidates.find(({ title }) => title === context);
      if (candidate === undefined) throw new Error(`no file names ${context}`);
      const { id } = await client.connections.open({ key: candidate.key });
      return await state(id, isOpen);
    },
    async map(expected) {
      const signal = AbortSignal.timeout(limitMs);
      const known = new Map<string, GraphService>();
      try {
        for await (const { full, gone, services } of await client.graph.watch(undefined, { signal })) {
          if (full) known.clear();
          gone.services.forEach((id) => known.delete(id));
          services.forEach((service) => known.set(service.id, service));
          if (expected(known)) return known;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      throw new Error(`the map is not as expected: ${JSON.stringify([...known.values()]).slice(-6_000)}`);
    },
    async split(id, weights) {
      const isIt = ({ document, connectionId, destinations, serviceId }: Split) =>
        connectionId === id &&
        document.name === 'payment' &&
        serviceId !== null &&
        destinations.map(({ weight }) => weight).join() === weights.join();
      const all = await first(
        (signal) => client.splits.watch(undefined, { signal }),
        (splits) => splits.some(isIt),
      );
      return all.find(isIt) as Split; // the stream ended with it
    },
    plan: ({ id, connectionId, revision, destinations }, weights, through = connectionId) =>
      client.operations.plan({
        operation: {
          kind: 'setWeights',
          splitId: id,
          connectionId: through,
          weights: [...weights],
          seen: { revision, weights: destinations.map(({ weight }) => weight) },
        },
      }),
    async apply({ id, serviceName }) {
      const asked = { planId: id, reason: 'proving where it goes', ticked: [], typedName: serviceName };
      return (await client.operations.apply(asked)).operationId;
    },
    async [Symbol.asyncDispose]() {
      await console[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It answers, and what the mesh declares was found. */
export const isOpen = ({ state, error, sources }: ConnectionState): boolean =>
  state === 'open' &&
  error === null &&
  ['kubernetes', 'istio'].every((one) =>
    sources.some(({ connector, state: now }) => connector === one && now === 'live'),
  );

function kubeconfigOf(contexts: readonly OneContext[]): string {
  const all = contexts.map(({ name, server, caFile, user, namespace }) => ({
    cluster: { name, cluster: { server, 'certificate-authority': caFile } },
    user: { name, user },
    context: { name, context: { cluster: name, user: name, ...(namespace && { namespace }) } },
  }));
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: all.map(({ cluster }) => cluster),
    users: all.map(({ user }) => user),
    contexts: all.map(({ context }) => context),
  });
}
