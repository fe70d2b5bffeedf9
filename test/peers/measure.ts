import { type PeersCoordinates } from './coordinates.ts';
import { type ApiClient, createApiClient } from './start/api.ts';
import type { UserName } from './start/certificates.ts';

/** Requests counted by one version of a service itself, since its program started. */
export interface Count {
  readonly requests: number;
  readonly failed: number;
}

/** The counts at the services, keyed by `app-version` (`payment-v2`). */
export async function countsAtServices({
  worldUrl,
}: PeersCoordinates): Promise<Readonly<Record<string, Count>>> {
  const answer = (await readJson(`${worldUrl}/_count`)) as { counts: Record<string, Count> };
  return answer.counts;
}

/** How many requests payment's two versions counted from one moment to another. */
export async function paymentCounts(coordinates: PeersCoordinates): Promise<{ v1: number; v2: number }> {
  const counts = await countsAtServices(coordinates);
  return { v1: counts['payment-v1']?.requests ?? NaN, v2: counts['payment-v2']?.requests ?? NaN };
}

/** The weights of payment's route `default` that each Envoy has loaded, keyed by `v1` and `v2`; null when it has none. */
export async function loadedWeights(
  { envoys }: PeersCoordinates,
  caller: 'edge' | 'order',
): Promise<Readonly<Record<string, number>> | null> {
  if (envoys === null) throw new Error('this run has no mesh');
  const dump = JSON.stringify(
    await readJson(`${envoys[caller].adminUrl}/config_dump?resource=dynamic_route_configs`),
  );
  const found = [...dump.matchAll(/"outbound\|8080\|(v\d)\|payment\.shop[^"]*","weight":(\d+)/g)];
  return found.length === 0
    ? null
    : Object.fromEntries(found.map(([, version, weight]) => [String(version), Number(weight)]));
}

/** Makes one version of a service fail or dawdle; `{ failRatio: 0, delayMs: 5 }` is the calm it starts with. */
export async function setMode(
  { worldUrl }: PeersCoordinates,
  service: string,
  mode: { readonly failRatio?: number; readonly delayMs?: number },
): Promise<void> {
  const wanted = new URLSearchParams({ service });
  for (const [name, value] of Object.entries(mode)) wanted.set(name, String(value));
  await readJson(`${worldUrl}/_mode?${wanted}`, 'POST');
}

/** Sets the customers per second at the gateway (at most 500) and gives the load generator's statistics. */
export async function setLoad(
  { loadUrl }: PeersCoordinates,
  requestsPerSecond: number,
): Promise<LoadStatistics> {
  if (loadUrl === null) throw new Error('this run has no mesh, and so no load');
  return (await readJson(`${loadUrl}/_rate?perSecond=${requestsPerSecond}`, 'POST')) as LoadStatistics;
}

export interface LoadStatistics {
  readonly requestsPerSecond: number;
  /** Requests sent since the start; those without an entry in `byStatus` are still under way. */
  readonly sent: number;
  /** Requests not sent because too many were under way. */
  readonly held: number;
  readonly byStatus: Readonly<Record<string, number>>;
}

export async function loadStatistics({ loadUrl }: PeersCoordinates): Promise<LoadStatistics> {
  if (loadUrl === null) throw new Error('this run has no mesh, and so no load');
  return (await readJson(`${loadUrl}/_stats`)) as LoadStatistics;
}

/** A program whose exposition Prometheus is to scrape besides the pods, such as the rehearsal's fleet. */
export interface ScrapeTarget {
  readonly job: string;
  /** The whole URL of the exposition, for example `http://127.0.0.1:41233/metrics`. */
  readonly url: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Lets Prometheus scrape another target, every two seconds, until the run ends; the first time within some ten seconds. */
export async function addScrapeTarget({ worldUrl }: PeersCoordinates, target: ScrapeTarget): Promise<void> {
  await readJson(
    `${worldUrl}/_extraTargets?${new URLSearchParams({ target: JSON.stringify(target) })}`,
    'POST',
  );
}

/** One sample of an instant query, asked of Prometheus directly. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks Prometheus directly, not through the API server. */
export async function queryPrometheus(
  { prometheus }: PeersCoordinates,
  query: string,
): Promise<readonly Sample[]> {
  if (prometheus === null) throw new Error('this run has no Prometheus');
  const answer = (await readJson(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`)) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The harness's own API client for one of the users. */
export function clientFor({ kubernetes }: PeersCoordinates, user: UserName): ApiClient {
  return createApiClient(kubernetes.url, kubernetes.caFile, kubernetes.tokens[user]);
}

async function readJson(url: string, method: 'GET' | 'POST' = 'GET'): Promise<unknown> {
  const answer = await fetch(url, { method, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  const body: unknown = JSON.parse(text);
  return body;
}
