import type { Split } from '../../shared/model/weights.ts';
import { until } from '../conformance/cluster.ts';
import type { ConsoleUnderTest } from './console.ts';

const limitMs = 120_000;

/** The names of the shop's services on the map of a window that begins to look, once they are as expected. */
export function mapOf(
  { client }: ConsoleUnderTest,
  expected: (names: readonly string[]) => boolean,
): Promise<readonly string[]> {
  return until(
    async function* (signal) {
      const known = new Map<string, string>();
      for await (const update of await client.graph.watch(undefined, { signal })) {
        if (update.full) known.clear();
        update.gone.services.forEach((id) => known.delete(id));
        for (const { id, namespace, name } of update.services) {
          if (namespace === 'shop') known.set(id, name);
        }
        yield [...known.values()].sort();
      }
    },
    expected,
    limitMs,
  );
}

/** Payment's split once its weights are these. */
export async function splitOf({ client }: ConsoleUnderTest, weights: readonly number[]): Promise<Split> {
  const isIt = ({ document, destinations }: Split) =>
    document.name === 'payment' &&
    JSON.stringify(destinations.map(({ weight }) => weight)) === JSON.stringify(weights);
  const all = await until(
    async function* (signal) {
      yield* await client.splits.watch(undefined, { signal });
    },
    (splits) => splits.some(isIt),
    limitMs,
  );
  return all.find(isIt) as Split;
}

/** What the window is told to be wrong with the connection, or null, once it is as expected. */
export function errorOf({ client }: ConsoleUnderTest, expected: (error: string | null) => boolean) {
  return until(
    async function* (signal) {
      for await (const states of await client.connections.watch(undefined, { signal }))
        yield states[0]?.error ?? null;
    },
    expected,
    limitMs,
  );
}
