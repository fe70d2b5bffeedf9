import { foldTopology, type FoldedTopology } from '../analysis/foldTopology.ts';
import type { Session } from '../connectors/kit/connector.ts';
import type { DeclaredControl } from '../connectors/kit/control.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { TopologyObservation } from '../model/topology.ts';
import type { GreyRoute } from '../model/routing.ts';
import type { HeldTrip } from '../model/trip.ts';
import type { Split } from '../model/weights.ts';
import type { Ports } from './ports.ts';
import type { Pulse } from './pulse.ts';
import { noteHealth, type Source } from './sources.ts';
import { createSplitChanges, type SplitChange } from './splitChanges.ts';

/** What the sources of one connection told. It outlives them: what a source said is kept while it is silent. */
export interface Heard {
  /** Reads on, until the signal aborts, whatever streams the source's session has. */
  follow(source: Source, signal: AbortSignal): void;
  /** Drops what sources told that an earlier look had and this one has not. */
  keepOnly(sources: readonly Source[]): void;
  readonly splits: () => readonly Split[];
  /** Whose changes of splits were seen, also before the latest of each. */
  readonly splitChanges: () => readonly SplitChange[];
  readonly trips: () => readonly HeldTrip[];
  readonly routes: () => readonly GreyRoute[];
  /** What each source last said, unfolded. */
  readonly observations: () => readonly TopologyObservation[];
  readonly topology: () => FoldedTopology;
}

type Declares<D> = DeclaredControl<never, D>['watch'];

/** Nothing heard yet; `changes` moves with all that is. */
export function createHeard(
  connectionId: string,
  changes: Pick<Pulse, 'bump'>,
  { clock }: Pick<Ports, 'clock'>,
): Heard {
  const parts = new Map<string, TopologyObservation>();
  const splits = new Map<string, readonly Split[]>();
  const trips = new Map<string, readonly HeldTrip[]>();
  const routes = new Map<string, readonly GreyRoute[]>();
  const splitChanges = createSplitChanges();
  let folded: FoldedTopology | null = null;

  async function followTopology(
    source: Source,
    topology: NonNullable<Session['topology']>,
    signal: AbortSignal,
  ) {
    await keepReading(source, 'topology', signal, async () => {
      for await (const part of topology.watch(signal, (health) => onHealth(source, 'topology', health))) {
        parts.set(source.id, part);
        folded = null;
        noteHealth(source, 'topology', { ok: true, at: part.observedAt });
        changes.bump();
      }
    });
  }

  /** Follows what one control declares; the whole list replaces what the source said before. */
  function followDeclared<D>(
    source: Source,
    stream: string,
    watch: Declares<D>,
    into: Map<string, readonly D[]>,
    signal: AbortSignal,
    onDeclared?: (before: readonly D[], after: readonly D[]) => void,
  ) {
    void keepReading(source, stream, signal, async () => {
      for await (const declared of watch(signal, (health) => onHealth(source, stream, health))) {
        onDeclared?.(into.get(source.id) ?? [], declared);
        into.set(source.id, declared);
        noteHealth(source, stream, { ok: true, at: clock.now() });
        changes.bump();
      }
    });
  }

  function onHealth(source: Source, stream: string, health: Parameters<typeof noteHealth>[2]): void {
    noteHealth(source, stream, health);
    changes.bump();
  }

  /** A stream that ends or throws is begun again: what it told before is kept meanwhile. */
  async function keepReading(source: Source, stream: string, signal: AbortSignal, read: () => Promise<void>) {
    for (let pauseMs = 1000; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 30_000)) {
      try {
        await read();
      } catch (thrown) {
        if (signal.aborted) return;
        onHealth(source, stream, {
          ok: false,
          at: clock.now(),
          error: sayError(thrown, `Following ${stream}`),
        });
      }
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  return {
    follow(source, signal) {
      const { topology, weights, isolation, routing } = source.session;
      if (topology !== undefined) void followTopology(source, topology, signal);
      if (weights !== undefined)
        followDeclared(source, 'splits', weights.watch.bind(weights), splits, signal, (before, after) =>
          splitChanges.note(before, after, clock.now()),
        );
      if (isolation !== undefined)
        followDeclared(source, 'trips', isolation.watch.bind(isolation), trips, signal);
      if (routing !== undefined)
        followDeclared(source, 'grey routes', routing.watch.bind(routing), routes, signal);
    },
    keepOnly(sources) {
      const present = new Set(sources.map((source) => source.id));
      for (const known of [parts, splits, trips, routes])
        for (const id of known.keys()) if (!present.has(id)) known.delete(id);
      folded = null;
    },
    splits: () => [...splits.values()].flat(),
    splitChanges: splitChanges.all,
    trips: () => [...trips.values()].flat(),
    routes: () => [...routes.values()].flat(),
    observations: () => [...parts.values()],
    topology() {
      folded ??= foldTopology(connectionId, [...parts.values()], clock.now());
      return folded;
    },
  };
}
