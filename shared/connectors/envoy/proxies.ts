import { createOriginTransport, type OriginTransport } from '../http/originTransport.ts';
import { parseRanges } from '../http/ranges.ts';
import { fewAtOnce } from '../kit/fewAtOnce.ts';
import type { ConnectorHost, KnownProxy } from '../kit/connector.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import { createApi, type EnvoyApi, type ServerInfo } from './api.ts';
import { instanceOf } from './names.ts';

/** A proxy that can be asked. */
export interface AskedProxy {
  /** What is asked there, whoever answers. */
  readonly place: string;
  /** Null where only a port-forward leads there. */
  readonly address: string | null;
  readonly known: Pick<KnownProxy, 'namespace' | 'instance' | 'service' | 'calls'>;
  readonly api: EnvoyApi;
  readonly info: ServerInfo;
  /** Tells this run of the process from one before: what was read of that one says nothing of this. */
  readonly startedAt: number;
}

/** A proxy that could not be asked, with the reason in words. */
export interface SilentProxy {
  readonly place: string;
  readonly address: string | null;
  /** Its service is empty where nothing tells it. */
  readonly known: Pick<KnownProxy, 'namespace' | 'instance' | 'service' | 'calls'>;
  readonly why: string;
}

/** The proxies there are now, and how to ask them. */
export interface Proxies extends AsyncDisposable {
  /** Asks those that are wanted, by their places; all of them where nothing is said. */
  read(
    signal: AbortSignal,
    isWanted?: (place: string) => boolean,
  ): Promise<{
    readonly asked: readonly AskedProxy[];
    readonly silent: readonly SilentProxy[];
    /** The places of those that were not wanted. */
    readonly unasked: readonly string[];
  }>;
}

const placeOf = ({ told, namespace, instance }: Known): string =>
  told ? `${namespace}/${instance}` : instance;

export function createProxies(
  settings: { readonly addresses: readonly string[]; readonly mayLeadTo: string },
  host: ConnectorHost,
): Proxies {
  const within = parseRanges(settings.mayLeadTo);
  const transports = new Map<string, OriginTransport>();

  async function transportTo(address: string, told: boolean): Promise<OriginTransport> {
    const open = transports.get(address);
    if (open !== undefined) return open;
    const made = await createOriginTransport({ address, headers: [], ...(told ? { within } : {}) }, host);
    const meanwhile = transports.get(address);
    if (meanwhile === undefined) transports.set(address, made);
    else made.close();
    return meanwhile ?? made;
  }

  async function ask(known: Known, signal: AbortSignal): Promise<AskedProxy | SilentProxy> {
    const { address, reach } = known;
    const at = { place: placeOf(known), address };
    const unheard = { ...known, service: known.service || (known.likelyService ?? '') };
    if (address === null && reach === undefined)
      return { ...at, known: unheard, why: 'it is registered without the address of its admin endpoint' };
    try {
      const api = createApi(reach?.() ?? (await transportTo(address ?? '', known.told)));
      const before = host.clock.now();
      const info = await api.serverInfo(signal);
      const own = instanceOf(info.node);
      const said = known.told ? { ...known, service: known.service || own.service } : { ...own, calls: [] };
      // Uptimes are whole seconds, so starts are told by about one.
      return { ...at, known: said, api, info, startedAt: before - info.uptimeSeconds * 1_000 };
    } catch (error) {
      signal.throwIfAborted();
      return { ...at, known: unheard, why: sayError(error, `Asking the proxy of ${known.instance}`) };
    }
  }

  /** Cuts nothing that is under way. */
  function retireGone(all: readonly Known[]): void {
    const present = new Set(all.map(({ address }) => address));
    for (const [address, transport] of transports) {
      if (present.has(address)) continue;
      transports.delete(address);
      transport.retire();
    }
  }

  return {
    async read(signal, isWanted = () => true) {
      const all: Known[] = [
        ...settings.addresses.map((address) => ({ ...nobody, instance: address, address, told: false })),
        ...(host.lent.proxies?.() ?? []).map((known) => ({ ...known, told: true })),
      ];
      retireGone(all);
      const [wanted = [], others = []] = [true, false].map((is) =>
        all.filter((known) => isWanted(placeOf(known)) === is),
      );
      const answers = await fewAtOnce(wanted, (known) => ask(known, signal));
      return {
        asked: answers.filter((one): one is AskedProxy => 'api' in one),
        silent: answers.filter((one): one is SilentProxy => 'why' in one),
        unasked: others.map(placeOf),
      };
    },
    [Symbol.asyncDispose]() {
      for (const transport of transports.values()) transport.close();
      transports.clear();
      return Promise.resolve();
    },
  };
}

interface Known extends KnownProxy {
  /** By a registry, and so within what the operator approved only. */
  readonly told: boolean;
}

const nobody = { namespace: '', service: '', calls: [] };

/** Throws where not one proxy answers: then this is no way to see any. */
export function refuseSilence({
  asked,
  silent,
}: {
  readonly asked: readonly unknown[];
  readonly silent: readonly SilentProxy[];
}): void {
  if (asked.length > 0) return;
  throw new PeerError(
    'unreachable',
    silent[0] === undefined ? 'No proxy is known.' : `No admin endpoint of a proxy answers. ${silent[0].why}`,
  );
}
