import type { z } from 'zod';
import type { Environment } from '../../model/entity.ts';
import type { EventView, Finding, Protection } from '../../model/inspect.ts';
import type { DocumentRef } from '../../model/entity.ts';
import type { Caller, Expectation } from '../../model/change.ts';
import type {
  CloseBreaker,
  EditDocument,
  SetProtections,
  SetRouting,
  SetWeights,
  Silence,
} from '../../model/operation.ts';
import type { ConfigDocument, ConfigHit, ConfigVersion } from '../../model/config.ts';
import type { ProtectionForm } from '../../model/protection.ts';
import type { GreyRoute } from '../../model/routing.ts';
import type { CertificateSource } from './certificates.ts';
import type { Control, DeclaredControl, IsolationControl, WorkloadControl } from './control.ts';
import type { Caution, Permission, SourceState } from '../../model/connection.ts';
import type {
  CountersObservation,
  SightingsObservation,
  SignalsObservation,
} from '../../model/observations.ts';
import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { NamespacedName, TopologyObservation } from '../../model/topology.ts';
import type { Split } from '../../model/weights.ts';
import type { AlertSource } from './alerts.ts';
import type { DenialSource } from './denials.ts';
import type { OpenFolder } from './folder.ts';
import type { ForwardSource } from './forwards.ts';
import type { LogSource } from './logs.ts';
import type { NoteBoard } from './notes.ts';
import type { PastNotes, Span } from './past.ts';
import type { RequestMeter } from './meter.ts';
import type { ObjectSource } from './objects.ts';
import type { ProgramGate } from './programs.ts';
import type { ServiceKey, SourceHealth } from './reading.ts';
import type { CounterRead, SeriesRead } from './signals.ts';
import type { Transport } from './transport.ts';
import type { UsageSource } from './usage.ts';

/** One kind of external system. A folder under connectors/ exports exactly one. */
export interface Connector<Settings> {
  readonly id: string;
  readonly title: string;
  /** All that a session of it can have; what one has depends on the peer and on rights. One with anything else is refused. */
  readonly capabilities: readonly (keyof Capabilities)[];
  /** What to know before opening one, in a sentence, as that it was proven on a simulator only; absent where there is nothing. */
  readonly caveat?: string;
  /** Parses what the operator typed or what an offer carries. */
  readonly settings: z.ZodType<Settings>;
  /**
   * What the operator types to open one by hand: texts by field, turned into settings. The window's form is made from its
   * fields' `meta`: title, description, examples, and `kind` (see `FormField`). Absent where nothing can be typed.
   */
  readonly form?: z.ZodType<Settings, Readonly<Record<string, unknown>>>;
  /** What can be connected to without asking (kubeconfig contexts); absent where nothing can be found. */
  discover?(host: ConnectorHost): Promise<Discovered<Settings>>;
  /** Yields whenever `discover` may find something else than before; ends when aborted. */
  follow?(host: ConnectorHost, signal: AbortSignal): AsyncIterable<void>;
  /** Reaches the peer once, learns what these credentials may do, and returns only that. Throws `PeerError`. */
  open(settings: Settings, host: ConnectorHost): Promise<Session>;
}

/** What `discover` found, and what it could not read while looking. */
export interface Discovered<Settings> {
  readonly candidates: readonly DiscoveredConnection<Settings>[];
  readonly problems: readonly string[];
  /** What is not there and need not be, in words. */
  readonly notes?: readonly string[];
}

/** One connection that could be opened. */
export interface DiscoveredConnection<Settings> {
  readonly title: string;
  readonly detail: string;
  readonly settings: Settings;
  readonly current: boolean;
  /** Opaque: another one means that what is open leads elsewhere by now and has to be opened anew. */
  readonly definition?: string;
  readonly problem: string | null;
  readonly warnings: readonly string[];
}

/** What the console lends a connector while it is open. */
export interface ConnectorHost {
  readonly connectionId: string;
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  readonly random: { id(): string; fraction(): number };
  readonly log: ConnectorLog;
  /** Ports of this machine at which Podium itself listens: nothing that a peer says may lead there. */
  ownPorts(): readonly number[];
  /** Told of each request that is sent; absent where nobody counts. */
  readonly meter?: RequestMeter;
  /** Folders of this machine that the operator names in a connection's form; absent where this host lends none. */
  readonly openFolder?: OpenFolder;
  /** What connections that log in by running a program go through; absent where this host runs none. */
  readonly programs?: ProgramGate;
  /** Reach and client handed down by the session that offered this one; empty for a root session. */
  readonly lent: Lent;
}

/** Structured and redacted by the host; never give it bodies or credentials. */
export interface ConnectorLog {
  info(message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
  warn(message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
}

/** How an offered session reaches its peer. */
export interface Lent {
  readonly transport?: Transport;
  /** The offering connector family's own client (`kube`); opaque to all others. */
  readonly client?: unknown;
  /** Running copies that the offering session knows, for those who ask each of them. */
  readonly instances?: InstanceFeed;
  /** Proxies that the offering session registers, as they are at each call. */
  readonly proxies?: () => readonly KnownProxy[];
}

/** A proxy beside a running copy, as a registry knows it. */
export interface KnownProxy {
  readonly namespace: string;
  /** The running copy's name on the map. */
  readonly instance: string;
  /** Empty where only the proxy itself says it. */
  readonly service: string;
  /** What it is a part of by its labels, for as long as it does not say so itself. */
  readonly likelyService?: string;
  /** Of its admin endpoint, as registered, so nobody goes there unless it is approved; null where nothing says. */
  readonly address: string | null;
  /** Hosts that it is told to reach; empty where nobody says. */
  readonly calls: readonly string[];
  /** Lent where its admin endpoint is reached another way than by an address. */
  readonly reach?: () => Transport;
}

/** A running copy and where it can be asked about itself. */
export interface ReachableInstance extends NamespacedName {
  readonly uid: string;
  readonly service: string;
  readonly version: string | null;
  /** Gets calls, as far as the registry says. */
  readonly serving: boolean;
  /** Another one after it registered anew. */
  readonly registration: string;
  /** "10.1.2.3:8080", where it registered to take calls; null where it did not say. */
  readonly address: string | null;
  /** "http://10.1.2.3:8081/actuator": made of what was registered, so nobody goes there unless it is approved. */
  readonly management: string;
}

/** Running copies as a registry knows them, now and as they come and go. */
export interface InstanceFeed {
  /** Null before the registry answered for the first time: nothing known is not nobody there. */
  current(): readonly ReachableInstance[] | null;
  /** Resolves at the next change; rejects with the signal's reason. */
  changed(signal: AbortSignal): Promise<void>;
}

/** A connection while it is open. Presence is the capability: `session.weights !== undefined` is the whole check. */
export interface Session extends Partial<Capabilities>, AsyncDisposable {
  readonly peer: { readonly product: string; readonly version: string };
  /** "https://10.0.0.1:6443". */
  readonly server: string;
  readonly user: string | null;
  readonly permissions: readonly Permission[];
  readonly warnings: readonly string[];
  /** What must stay in view as long as it is open. */
  readonly cautions?: readonly Caution[];
  readonly namespaces: readonly string[] | null;
  /** Other systems found through this one, with the transport to reach them. */
  readonly offers?: OfferSource;
}

/** Finds what else is there. Asked once after opening and again when the operator asks to look again. */
export interface OfferSource {
  find(signal: AbortSignal): Promise<Found>;
}

/** What was found, and what was looked for in vain. */
export interface Found {
  readonly offers: readonly Offer[];
  readonly absent: readonly Pick<SourceState, 'connector' | 'title' | 'detail' | 'consequence'>[];
}

/** A child session that can be opened. */
export interface Offer {
  readonly connector: string;
  readonly title: string;
  /** How it was found and how it will be reached, for the Sources screen. */
  readonly detail: string;
  readonly consequence: string;
  readonly settings: unknown;
  readonly lent: Lent;
}

export interface Capabilities {
  readonly topology: TopologySource;
  readonly signals: SignalSource;
  readonly events: EventSource;
  readonly logs: LogSource;
  readonly objects: ObjectSource;
  readonly forwards: ForwardSource;
  readonly usage: UsageSource;
  readonly certificates: CertificateSource;
  readonly denials: DenialSource;
  readonly protections: ProtectionSource;
  readonly sightings: SightingSource;
  readonly documents: DocumentSource;
  readonly addresses: AddressSource;
  readonly proof: ProofSource;
  readonly weights: DeclaredControl<SetWeights, Split>;
  readonly isolation: IsolationControl;
  /** Callers' own breakers, which open by themselves: closed by hand. */
  readonly breakers: Control<CloseBreaker>;
  readonly protectionEdits: Control<SetProtections>;
  readonly routing: DeclaredControl<SetRouting, GreyRoute>;
  readonly configuration: ConfigSource;
  readonly config: Control<EditDocument>;
  readonly workloads: WorkloadControl;
  readonly alerts: AlertSource;
  readonly silences: Control<Silence>;
  readonly notes: NoteBoard;
}

export type { CountersObservation } from '../../model/observations.ts';
export type { ServiceKey, SourceHealth } from './reading.ts';

/** Services, workloads, instances: the whole picture first, then the whole again whenever something changed. */
export interface TopologySource {
  /** Ends only when aborted or when the peer is lost for good; a broken watch is mended inside. `onState` hears of trouble. */
  watch(signal: AbortSignal, onState: (state: SourceHealth) => void): AsyncIterable<TopologyObservation>;
  /** The peer's own time, epoch ms; null while no answer named it, absent where none does. */
  peerNow?(): number | null;
}

/** Rates, errors and latency per call, over a window, in one handful of queries over all namespaces. */
export interface SignalSource {
  /** "Prometheus 2.53 · Istio metrics". */
  readonly source: string;
  /** How often the peer itself gets new figures, if it says. */
  readonly scrapeIntervalSeconds: number | null;
  /** Every query of a reading goes to the same peer, which must not be asked too often; absent where each instance is asked. */
  readonly asksOnePeer?: true;
  read(windowSeconds: number, signal: AbortSignal): Promise<SignalsObservation>;
  /** Calls over as long a window as it keeps them, hours perhaps, that ended then; without latency. Absent where nothing is kept. */
  readPast?(windowSeconds: number, endedSecondsAgo: number, signal: AbortSignal): Promise<SignalsObservation>;
  series(read: SeriesRead, signal: AbortSignal): Promise<SeriesObservation>;
  /** Raw counters with their sample times, so that differences are taken between samples and never across a write. */
  counters(read: CounterRead, signal: AbortSignal): Promise<CountersObservation>;
  /** What single instances answered lately, as their own proxies counted it; absent where nobody tells them apart. */
  instanceRates?(
    instances: readonly NamespacedName[],
    signal: AbortSignal,
  ): Promise<InstanceRatesObservation>;
}

/** Requests per second by instance; one that no series names is left out. */
export interface InstanceRatesObservation {
  readonly source: string;
  readonly windowSeconds: number;
  readonly rates: readonly (NamespacedName & { readonly requestsPerSecond: number })[];
  readonly problems: readonly string[];
}

export interface SeriesObservation {
  /** Whose lines these are, where a source has several kinds. */
  readonly source?: string;
  readonly from: number;
  readonly stepSeconds: number;
  /** By version (null: the source does not tell versions apart); values align with `from + i*step`; null is a gap. */
  readonly lines: readonly {
    readonly version: string | null;
    readonly requestsPerSecond: readonly (number | null)[];
    readonly failedPerSecond: readonly (number | null)[];
    readonly p50Ms: readonly (number | null)[];
    readonly p99Ms: readonly (number | null)[];
  }[];
  readonly problems: readonly string[];
}

export interface EventSource {
  read(
    entity: NamespacedName,
    instances: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly EventView[]>;
  /** What was noted of anything in a span that is over, as long as it is kept; absent where nothing is. */
  past?(span: Span, signal: AbortSignal): Promise<PastNotes>;
}

/** What protects calls to a host, as declared. */
export interface ProtectionSource {
  /** Keyed by callee host (fully qualified). Known at once from watched documents. */
  declared(): ReadonlyMap<string, readonly Protection[]>;
  /**
   * False of a caller that has no proxy to hold to what is declared, and whose own program may have what it likes; null
   * where nobody can tell. Absent where proxies of callers hold nothing.
   */
  isHeldBy?(caller: Caller): boolean | null;
  /** What could be declared for a service, as forms; absent where nothing can be written. */
  forms?(service: ServiceKey, signal: AbortSignal): Promise<readonly ProtectionForm[]>;
}

/** What callers' proxies were seen to do about limits and ejections; asked only while somebody looks at a service. */
export interface SightingSource {
  read(hosts: readonly string[], signal: AbortSignal): Promise<SightingsObservation>;
}

/** What configures services, read when asked: nothing is watched, and no value of a Secret is read before it is asked for. */
export interface ConfigSource {
  read(service: ServiceKey, signal: AbortSignal): Promise<readonly ConfigDocument[]>;
  /** One value of a Secret. */
  reveal(document: DocumentRef, key: string, signal: AbortSignal): Promise<string>;
  /** Keys and values over all namespaces in scope; of Secrets only keys. */
  search(
    query: string,
    signal: AbortSignal,
  ): Promise<{ readonly hits: readonly ConfigHit[]; readonly problems: readonly string[] }>;
  /** Who wrote the document when, newest first, as far as the peer recorded it. */
  history(document: DocumentRef, signal: AbortSignal): Promise<readonly ConfigVersion[]>;
}

/** Documents that shape a service. */
export interface DocumentSource {
  read(service: ServiceKey, signal: AbortSignal): Promise<readonly DocumentObservation[]>;
}

/** How a service is reached through this system: its names and addresses, each with what it is for. */
export interface AddressSource {
  read(service: ServiceKey, signal: AbortSignal): Promise<readonly ServiceAddress[]>;
}

export interface DocumentObservation {
  readonly ref: DocumentRef;
  readonly yaml: string;
  readonly findings: readonly Finding[];
}

/** What proxies or the control plane say about a write being in force. */
export interface ProofSource {
  /** What it will be able to say of such a write, before it is made; null when nothing. */
  note(expectation: Expectation): string | null;
  /** Null when this source has nothing to say about the expectation. */
  loaded(expectation: Expectation, since: number, signal: AbortSignal): Promise<Proof | null>;
}

export interface Proof {
  readonly state: 'waiting' | 'seen' | 'contradicted' | 'unobservable';
  readonly detail: string;
  /** While waiting: its word is due, and may speak against what others see already, which does not count before. */
  readonly isDue?: boolean;
}

/** A guess from a name, which the operator can change: prod, live → production; stag, stage, uat, pre, qa → staging. */
export function guessEnvironment(name: string): Environment {
  if (/(^|[^a-z])(prod|production|live|prd)([^a-z]|$)/i.test(name)) return 'production';
  if (/(^|[^a-z])(stag|stage|staging|stg|uat|pre|preprod|qa)([^a-z]|$)/i.test(name)) return 'staging';
  return 'other';
}
