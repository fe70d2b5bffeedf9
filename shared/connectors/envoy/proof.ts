import type {
  Diversion,
  Expectation,
  InProxies,
  Refusals,
  Served,
  Shares,
  Unmeasured,
} from '../../model/change.ts';
import { fewAtOnce } from '../kit/fewAtOnce.ts';
import type { Proof, ProofSource } from '../kit/connector.ts';
import { sayError } from '../kit/peerError.ts';
import { type HeldCluster, type HeldHost, readClusters, readHosts } from './held.ts';
import { isForHost } from './names.ts';
import type { AskedProxy, Proxies } from './proxies.ts';
import { differenceFrom, membersOf, readSent, type SentClusters } from './sent.ts';

/** What traffic cannot show, but proxies hold. */
type Configured = Unmeasured & { readonly host: string; readonly inProxies: InProxies };
type Provable = Shares | Refusals | Diversion | Served | Configured;

/** What one proxy holds about the calls of an expectation. */
type Verdict =
  | { readonly kind: 'follows' }
  | { readonly kind: 'differs'; readonly holds: string }
  /** It sends no calls there. */
  | { readonly kind: 'no caller' };

/** Read from the callers' proxies themselves, one by one: a write is loaded when each of them holds it. */
export function createProof(proxies: Proxies): ProofSource {
  return {
    note: (expectation) =>
      isProvable(expectation) ? 'read in the configuration that each caller’s Envoy holds' : null,
    async loaded(expectation, _since, signal): Promise<Proof | null> {
      if (!isProvable(expectation)) return null;
      const { asked, silent } = await proxies.read(signal);
      const verdicts = await fewAtOnce(
        asked.filter(({ known }) => isCaller(known, expectation)),
        async (proxy) => ({ proxy, ...(await judge(proxy, expectation, signal)) }),
      );
      const told = verdicts.filter(({ kind }) => kind !== 'no caller');
      const follow = told.filter(({ kind }) => kind === 'follows').length;
      const missing = silent.filter(
        ({ known }) =>
          isCaller(known, expectation) &&
          (known.calls.length === 0 || known.calls.includes(expectation.host)),
      );
      const all = told.length + missing.length;
      if (all === 0)
        return { state: 'unobservable', detail: 'no proxy that is known here calls this service' };
      const differing = told.find((one) => one.kind === 'differs');
      const counted = `${follow} of ${all} ${all === 1 ? 'caller’s proxy holds' : 'callers’ proxies hold'} it`;
      if (differing?.kind === 'differs')
        return {
          state: 'waiting',
          detail: `${counted}; ${differing.proxy.known.instance} ${differing.holds}`,
        };
      const [silence] = missing;
      if (silence !== undefined)
        return { state: 'waiting', detail: `${counted}; of ${silence.known.instance}: ${silence.why}` };
      return { state: 'seen', detail: `${counted}, read from Envoy itself` };
    },
  };
}

function isProvable(expectation: Expectation): expectation is Provable {
  switch (expectation.kind) {
    case 'shares':
    case 'diversion':
      return true;
    case 'refusals':
      // Faults, fixed answers and policies stand in filters that are not read here.
      return expectation.how === 'limit';
    case 'served':
      return expectation.how === undefined || expectation.how === 'limit';
    case 'unmeasured':
      return expectation.inProxies !== undefined && expectation.host !== null;
    default:
      return false;
  }
}

function isCaller(known: { readonly service: string }, expectation: Provable): boolean {
  const { caller } = expectation.kind === 'unmeasured' ? expectation.inProxies : expectation;
  return caller === null || caller === undefined || known.service === '' || known.service === caller.name;
}

async function judge(proxy: AskedProxy, expectation: Provable, signal: AbortSignal): Promise<Verdict> {
  try {
    const { api, info } = proxy;
    if (info.state !== 'LIVE') return { kind: 'differs', holds: `is not ready (${info.state})` };
    const [routes, listeners, statuses, dump] = await Promise.all([
      api.routes(signal),
      api.listeners(signal),
      api.clusters(signal),
      // Of shares and detours these tell nothing, and they are many.
      expectation.kind === 'shares' || expectation.kind === 'diversion' ? null : api.sentClusters(signal),
    ]);
    const sent = readSent(dump);
    const host = readHosts(routes, listeners).find(({ name }) => isForHost(name, expectation.host));
    if (host === undefined) return { kind: 'no caller' };
    if (expectation.kind === 'unmeasured') {
      const holds = differenceFrom(host, sent, expectation.inProxies);
      return holds === null ? { kind: 'follows' } : { kind: 'differs', holds };
    }
    const clusters = readClusters(statuses);
    if (clusters === null) return { kind: 'differs', holds: 'lists no clusters' };
    return compare(host, clusters, sent, expectation);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'differs', holds: `could not be asked: ${sayError(error, 'Reading what it holds')}` };
  }
}

function compare(
  host: HeldHost,
  clusters: readonly HeldCluster[],
  sent: SentClusters,
  expectation: Exclude<Provable, Configured>,
): Verdict {
  const used = host.shares.filter(({ share }) => share > 0);
  const statusOf = (cluster: string): HeldCluster | undefined =>
    clusters.find(({ name }) => name === cluster);
  const refused = used.filter(({ cluster }) =>
    membersOf(cluster, sent).every((member) => statusOf(member)?.refusesAll === true),
  );
  const holds = sayHeld(host, refused.length);
  // A cluster that still warms up is not in the list, and its calls are not answered yet.
  if (used.length === 0 || used.some(({ cluster }) => statusOf(cluster) === undefined))
    return { kind: 'differs', holds };
  const follows = ((): boolean => {
    switch (expectation.kind) {
      case 'shares':
        return sharesAgree(host, expectation);
      case 'refusals':
        return used.every(({ host: to }) => to === expectation.host) && refused.length === used.length;
      case 'served':
        return used.every(({ host: to }) => to === expectation.host) && refused.length === 0;
      case 'diversion':
        return used.every(
          ({ host: to, subset }) =>
            to === expectation.to.host &&
            (expectation.to.subset === null || subset === expectation.to.subset),
        );
    }
  })();
  return follows ? { kind: 'follows' } : { kind: 'differs', holds };
}

/** Envoy holds weights as hundredths of a per cent. */
const least = 0.0002;

function sharesAgree({ shares }: HeldHost, { destinations }: Shares): boolean {
  const gets = (host: string, subset: string | null): number =>
    shares
      .filter((one) => one.host === host && (subset === null || one.subset === subset))
      .reduce((sum, { share }) => sum + share, 0);
  const wanted = Map.groupBy(destinations, ({ host, subset }) => `${host} ${subset ?? ''}`);
  const all = [...wanted.values()].every((same) => {
    const [{ host, subset } = { host: '', subset: null }] = same;
    const share = same.reduce((sum, one) => sum + one.share, 0);
    return Math.abs(gets(host, subset) - share) < least;
  });
  const named = [...wanted.values()].reduce(
    (sum, [one]) => sum + (one === undefined ? 0 : gets(one.host, one.subset)),
    0,
  );
  return all && Math.abs(named - 1) < least;
}

function sayHeld({ shares }: HeldHost, refused: number): string {
  if (shares.length === 0) return 'sends these calls nowhere that is known here';
  const said = shares.map(
    ({ host, subset, share }) =>
      `${subset ?? host.split('.')[0] ?? host} ${Math.round(share * 10_000) / 100} %`,
  );
  return `holds ${said.join(', ')}${refused > 0 ? ', and refuses every call by a limit' : ''}`;
}
