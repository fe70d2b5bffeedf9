import type { SignalsObservation } from '../kit/signals.ts';
import type { Dialect } from './dialect.ts';

/** Assumed until samples tell. */
export const USUAL_SCRAPE_SECONDS = 15;

/** Said where a Prometheus holds nothing that Podium reads. */
export function noMetrics(dialects: readonly Dialect[]): string {
  const [only, ...more] = [...new Set(dialects.map((one) => one.requests.metric))];
  return more.length === 0
    ? `Prometheus holds no ${only ?? 'metrics of calls'}: are the mesh’s proxies scraped?`
    : 'Nothing in Prometheus says who calls whom: it scrapes no mesh, traces, ingress or HTTP client';
}

/** Whether it is counted which destination a call was sent to: who counts calls elsewhere than on their way does not see it. */
export const tellsDestination = ({ evidence, namesNoHost }: Dialect): boolean =>
  evidence === 'mesh' && namesNoHost !== true;

/** Said where calls were to be counted after a write, and no proxy counts them. */
export function noProxies(present: readonly Dialect[], dialects: readonly Dialect[]): string {
  const [best] = present;
  return best === undefined || tellsDestination(best)
    ? noMetrics(dialects)
    : `${best.title} do not tell which destination a call was sent to, so what a change does to calls is not measured here`;
}

/** What a reading of several kinds of metrics leaves unknown about callers. */
export function whoCallsWhom(
  found: readonly Dialect[],
  read: readonly PromiseSettledResult<SignalsObservation>[],
): string[] {
  const nameless = found.flatMap(({ nameless: said }, i) => {
    const one = read[i];
    const isSilent =
      one?.status === 'fulfilled' && one.value.calls.length === 0 && one.value.newestSampleAt !== null;
    return said !== undefined && isSilent ? said : [];
  });
  const onlyServers = found.every(({ evidence }) => evidence === 'server');
  return onlyServers
    ? [...nameless, 'Services count what they are asked, but nothing in Prometheus says who asks them']
    : nameless;
}

/** Said of what was scraped and no longer is, in every reading until it is again. */
export const silence = ({ title }: Dialect): string =>
  `Nothing with ${title} has been scraped for more than five minutes: what it counted is unknown, not zero`;

/** Calls whose counter of failures is no number are not shown: drawn without failures they would look well. */
export const brokenCounters = ({ title }: Dialect, broken: number): string[] =>
  broken === 0
    ? []
    : [
        `${title}: ${broken === 1 ? 'one counter' : `${broken} counters`} of failed calls read NaN, so the calls that ${broken === 1 ? 'it counts' : 'they count'} are not shown`,
      ];

/** Old samples still give rates for a while; an operator must know that they are of yesterday's traffic. */
export function staleness(
  { title, evidence }: Dialect,
  newestSampleAt: number | null,
  now: number,
  scrapeSeconds: number | null,
): string[] {
  const of = evidence === 'mesh' ? 'No proxy' : `Nothing with ${title}`;
  if (newestSampleAt === null)
    return [`${of} has been scraped in the last five minutes: figures are unknown, not zero`];
  const ageMs = now - newestSampleAt;
  const usualMs = (scrapeSeconds ?? USUAL_SCRAPE_SECONDS) * 1000;
  if (ageMs <= Math.max(3 * usualMs, 30_000)) return [];
  return [`The newest sample is ${Math.round(ageMs / 1000)} s old: scraping seems to have stopped`];
}
