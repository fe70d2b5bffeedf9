import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect, Latency, MetricQuery } from '../dialect.ts';
import { nobody, PROGRAM, programOf } from './program.ts';

/** How a proxy at the edge names what it let in, one series for each callee and status. */
interface IngressNames extends Pick<Dialect, 'id' | 'title' | 'unless' | 'nameless' | 'toHosts'> {
  readonly requests: Omit<MetricQuery, 'by'>;
  readonly latency: Omit<Latency, 'by'> | null;
  /** The histogram is a setting: it is there, or it is not. */
  readonly mayLackLatency?: true;
  /** Its own labels that say where a call went. */
  readonly callee: readonly string[];
  /** Labels of the callee that elsewhere are those of a program itself. */
  readonly notOfCaller?: readonly string[];
  /** The label with a status, or a class of them. */
  readonly status: string;
  /** What it is called where the scrape does not say it. */
  readonly itself: string;
  /** The host that its own labels name; null where they name none, or cannot be told to. */
  hostOf(own: Labels): string | null;
}

type Ends = Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'>;

/** Calls that an ingress let in: whom it called, never who asked it. */
export function ingressDialect(names: IngressNames): Dialect {
  const { id, title, unless, nameless, toHosts, requests, latency, callee, status, itself } = names;
  const { notOfCaller = [], mayLackLatency, hostOf } = names;
  const own = callee.flatMap(waysToSay);
  const by = [...new Set([...own, ...PROGRAM.filter((label) => !notOfCaller.includes(label))])];
  const buckets = latency === null ? null : { ...latency, by: [...by, 'le'] };
  const ends = (labels: Labels): Ends | null => {
    const host = hostOf(Object.fromEntries(callee.map((label) => [label, ownOf(labels, label)])));
    if (host === null) return null;
    const caller = programOf(ofScrape(labels, callee));
    return {
      reporter: 'source',
      source: { ...caller, service: caller.service ?? itself },
      destination: nobody,
      host,
      subset: null,
    };
  };
  return {
    id,
    title,
    evidence: 'ingress',
    ...(unless === undefined ? {} : { unless }),
    requests: { ...requests, by: [...by, status] },
    latency: mayLackLatency ? null : buckets,
    ...(mayLackLatency && buckets !== null ? { latencies: [buckets] } : {}),
    tcp: null,
    perInstance: null,
    partLabel: callee[0] ?? 'job',
    lines: { requests: [...own, status], latency: [...own, 'le'] },
    overall: [...own, status],
    overallMatchers: () => [requests.matchers],
    toHosts,
    ...(nameless === undefined ? {} : { nameless }),
    readCall(labels, perSecond) {
      const between = ends(labels);
      const code = labels[status] ?? '';
      return between === null
        ? null
        : {
            ...between,
            protocol: 'http',
            // A status or a class; anything else ("other", "NA") says that no answer came.
            responseCode: /^[1-5](\d\d|xx)$/.test(code) ? code : code === '' ? null : '0',
            grpcStatus: null,
            flags: [],
            perSecond,
          };
    },
    readLatency: ends,
  };
}

/** A label of its own gets a prefix where the scrape sets one of the same name. */
export const waysToSay = (label: string): readonly string[] =>
  PROGRAM.includes(label) ? [label, `exported_${label}`] : [label];

const ownOf = (labels: Labels, label: string): string => labels[`exported_${label}`] || labels[label] || '';

/** What the scrape says of who counted: without what the series say of the callee. */
function ofScrape(labels: Labels, callee: readonly string[]): Labels {
  const own = callee.filter((label) => !labels[`exported_${label}`]);
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !own.includes(label)));
}
