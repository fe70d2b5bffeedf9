import type { Connector, ConnectorHost, Found, Lent, Session } from '../connectors/kit/connector.ts';
import { asDeclared } from '../connectors/kit/capabilities.ts';
import { aheadOf } from '../connectors/kit/aheadOf.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { FoldedTopology } from '../analysis/foldTopology.ts';
import type { ConnectionState } from '../model/connection.ts';
import type { PeerUsage } from '../model/about.ts';
import type { Environment } from '../model/entity.ts';
import type { TopologyObservation } from '../model/topology.ts';
import type { GreyRoute } from '../model/routing.ts';
import type { HeldTrip } from '../model/trip.ts';
import type { Split } from '../model/weights.ts';
import { describeConnection } from './connectionState.ts';
import { createHeard } from './heard.ts';
import type { Ports } from './ports.ts';
import { createRequestMeter } from './requestMeter.ts';
import { createPulse, type Pulse } from './pulse.ts';
import type { Programs } from './programs.ts';
import { serverNow } from './returns/peerTime.ts';
import type { Source } from './sources.ts';
import type { SplitChange } from './splitChanges.ts';

/** What opening one connection needs to know. */
export interface ConnectionRequest {
  readonly id: string;
  readonly title: string;
  readonly connector: Connector<unknown>;
  readonly settings: unknown;
  readonly rehearsal: boolean;
  readonly environment: Environment;
  readonly warnings: readonly string[];
}

/** A connection that is open or trying to be. Keeps what it last heard when a source fails. */
export interface LiveConnection extends AsyncDisposable {
  readonly id: string;
  readonly title: string;
  /** It leads to the built-in fleet. */
  readonly rehearsal: boolean;
  /** Moves with state, topology and splits. */
  readonly changes: Pulse;
  readonly sources: readonly Source[];
  /** What else it leads to is still being looked for or opened. */
  readonly isOpeningOffers: boolean;
  readonly splits: readonly Split[];
  /** Whose changes of splits were seen, also before the latest of each. */
  readonly splitChanges: readonly SplitChange[];
  /** Trips that documents carry, whoever made them. */
  readonly trips: readonly HeldTrip[];
  readonly routes: readonly GreyRoute[];
  readonly closed: AbortSignal;
  state(): ConnectionState;
  topology(): FoldedTopology;
  /** What each source last said, unfolded. */
  observations(): readonly TopologyObservation[];
  server(): string;
  /** What its peers were asked lately. */
  usage(): PeerUsage;
  /** When sources were opened last; what follows them starts over when it moves. */
  readonly generation: number;
  environment: Environment;
  locked: boolean;
  /** What it was opened by is not there any more. */
  isGone: boolean;
  /** Why the next start does not know it, else null. */
  forgotten: string | null;
  lookAgain(): void;
}

/** A peer tells by its own clock when a document was changed; figures are judged by this machine's. */
function byThisClock(split: Split, ahead: number): Split {
  const { changedBy } = split;
  if (changedBy === null || changedBy.at === null) return split;
  // To the second: the peer's clock is read anew each time, and the split did not change for that.
  const at = changedBy.at - Math.round(ahead / 1000) * 1000;
  return { ...split, changedBy: { ...changedBy, at } };
}

/** Opens in the background: the first state is `connecting`, all else comes by `changes`. */
export function openConnection(
  request: ConnectionRequest,
  connectors: readonly Connector<unknown>[],
  ports: Ports,
  programs: Programs,
): LiveConnection {
  const stop = new AbortController();
  const meter = createRequestMeter(ports.clock);
  const changes = createPulse();
  const sources: Source[] = [];
  const absent: Found['absent'][number][] = [];
  const heard = createHeard(request.id, changes, ports);
  let root: Session | null = null;
  let phase: ConnectionState['state'] = 'connecting';
  let error: string | null = null;
  /** The round that looks for offers now. */
  let openingOffers: AbortSignal | null = null;
  let generation = 0;
  let round = new AbortController();

  function hostFor(lent: Lent): ConnectorHost {
    const { clock, random, log, ownPorts, openFolder } = ports;
    const files = openFolder === undefined ? {} : { openFolder };
    const gate = programs.gateFor(request.id, request.title);
    const runs = gate === null ? {} : { programs: gate };
    return { connectionId: request.id, clock, random, log, ownPorts, meter, ...files, ...runs, lent };
  }

  function addSource(
    connector: string,
    title: string,
    detail: string,
    consequence: string,
    session: Session,
  ): Source {
    const source: Source = {
      // By its place among its like: offers are opened side by side, and what was heard must find its source again.
      id: `${request.id}:${connector}:${sources.filter((other) => other.connector === connector).length}`,
      connector,
      title,
      session,
      detail,
      consequence,
      lastAnswerAt: ports.clock.now(),
      troubles: new Map(),
    };
    sources.push(source);
    heard.follow(source, round.signal);
    changes.bump();
    return source;
  }

  async function openOnce(signal: AbortSignal): Promise<void> {
    const parsed = request.connector.settings.safeParse(request.settings);
    if (!parsed.success)
      throw new Error(`The settings of ${request.title} do not fit: ${parsed.error.message}`);
    const session = asDeclared(request.connector, await request.connector.open(parsed.data, hostFor({})));
    if (signal.aborted) {
      await session[Symbol.asyncDispose]();
      return;
    }
    root = session;
    generation += 1;
    phase = 'open';
    if (session.offers !== undefined) openingOffers = signal;
    error = null;
    const { product, version } = session.peer;
    addSource(
      request.connector.id,
      product,
      `${product} ${version} at ${session.server}`,
      'Services, instances and documents.',
      session,
    );
    if (session.offers === undefined) return;
    await openOffers(session.offers, signal);
    if (openingOffers === signal) openingOffers = null;
    if (!signal.aborted) changes.bump();
  }

  /** What else is there. Not finding out leaves the connection open with what it has. */
  async function openOffers(offers: NonNullable<Session['offers']>, signal: AbortSignal): Promise<void> {
    let found: Found;
    try {
      found = await offers.find(signal);
    } catch (thrown) {
      if (signal.aborted) return;
      absent.push({
        connector: request.connector.id,
        title: 'Other systems',
        detail: sayError(thrown, 'Looking for other systems'),
        consequence: 'no figures and no weights until it is looked for again',
      });
      return;
    }
    if (signal.aborted) return;
    absent.push(...found.absent);
    const opened = await Promise.all(found.offers.map((offer) => openOffer(offer, signal)));
    if (!signal.aborted && opened.every(Boolean)) heard.keepOnly(sources);
  }

  /** False when it is there but could not be opened. */
  async function openOffer(offer: Found['offers'][number], signal: AbortSignal): Promise<boolean> {
    const connector = connectors.find((candidate) => candidate.id === offer.connector);
    if (connector === undefined) {
      absent.push({ ...offer, detail: `${offer.detail}: this Podium has no connector for it` });
      return true;
    }
    try {
      const opened = await connector.open(connector.settings.parse(offer.settings), hostFor(offer.lent));
      const session = asDeclared(connector, opened);
      if (signal.aborted) await session[Symbol.asyncDispose]();
      else addSource(connector.id, offer.title, offer.detail, offer.consequence, session);
      return true;
    } catch (thrown) {
      if (signal.aborted) return false;
      absent.push({ ...offer, detail: sayError(thrown, offer.detail) });
      return false;
    }
  }

  async function run(): Promise<void> {
    // Its own: after another look, `round` is the next one's.
    const { signal } = round;
    for (let pauseMs = 2000; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 30_000)) {
      try {
        await openOnce(signal);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        phase = 'failing';
        error = sayError(thrown, `Opening ${request.title}`);
        ports.log.warn('connection failed to open', { connection: request.id });
        changes.bump();
        // Trying again would only ask again: what it waits for is the operator.
        const waits = programs.question(request.id) !== null;
        if (waits) pauseMs = 1000;
        await (waits ? programs.answered(request.id, signal) : ports.clock.sleep(pauseMs, signal)).catch(
          () => undefined,
        );
      }
    }
  }

  async function closeSources(): Promise<void> {
    round.abort(new Error('closed'));
    const open = sources.splice(0);
    absent.splice(0);
    await Promise.allSettled(open.reverse().map((source) => source.session[Symbol.asyncDispose]()));
  }

  const aheadOfUs = () => aheadOf(serverNow({ sources }), ports.clock.now());

  void run();

  const connection: LiveConnection = {
    id: request.id,
    title: request.title,
    rehearsal: request.rehearsal,
    changes,
    sources,
    closed: stop.signal,
    environment: request.environment,
    locked: true,
    isGone: false,
    forgotten: null,
    get isOpeningOffers() {
      return openingOffers !== null;
    },
    get generation() {
      return generation;
    },
    get splits() {
      const ahead = aheadOfUs();
      return ahead === 0 ? heard.splits() : heard.splits().map((split) => byThisClock(split, ahead));
    },
    get splitChanges() {
      const ahead = aheadOfUs();
      return heard.splitChanges().map((one) => ({ ...one, split: byThisClock(one.split, ahead) }));
    },
    get trips() {
      return heard.trips();
    },
    get routes() {
      return heard.routes();
    },
    server: () => root?.server ?? '',
    usage: () => meter.usage(),
    observations: heard.observations,
    topology: heard.topology,
    state: () =>
      describeConnection(
        {
          request,
          environment: connection.environment,
          locked: connection.locked,
          isGone: connection.isGone,
          forgotten: connection.forgotten,
          phase,
          error,
          asks: programs.question(request.id),
        },
        { root, sources, absent },
        ports.clock.now(),
      ),
    lookAgain() {
      const before = round;
      // Plans made on the sessions that close now are dead at once.
      generation += 1;
      void closeSources().then(() => {
        if (stop.signal.aborted || round !== before) return;
        round = new AbortController();
        phase = 'connecting';
        changes.bump();
        void run();
      });
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('closed'));
      phase = 'closed';
      programs.drop(request.id);
      await closeSources();
      changes.bump();
    },
  };
  return connection;
}
