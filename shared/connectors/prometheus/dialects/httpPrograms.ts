import type { CallRow } from '../../kit/signals.ts';
import type { Labels } from '../answers.ts';
import type { Dialect, Latency } from '../dialect.ts';
import { clusterNamesOf, hostIn } from '../hostNames.ts';
import type { Matcher } from '../promql.ts';
import { nobody, PROGRAM, programOf, programsCalled } from './program.ts';

/** How a library names what a program counts of its own HTTP calls. */
interface Names {
  readonly id: string;
  readonly title: string;
  /** Without `_count` and `_bucket`. */
  readonly metric: string;
  readonly unit: Latency['unit'];
  readonly status: string;
  /** Set where no answer came. */
  readonly error: string;
}

interface ClientNames extends Names {
  /** Labels that name the callee, best first. */
  readonly peer: readonly string[];
}

interface ServerNames extends Names {
  /** The path, as far as it is a label. */
  readonly path: string;
}

/** What callers' programs count: the callee by the name they called it. */
export function clientDialect(names: ClientNames): Dialect {
  const { id, title, metric, unit, peer, status, error } = names;
  const by = [...PROGRAM, ...peer];
  const outcome = [status, error];
  const buckets: Latency = { metric: `${metric}_bucket`, matchers: [], by: [...by, 'le'], unit };
  const ends = (labels: Labels): Ends | null => {
    const host = hostIn(peer.map((label) => labels[label]).find((value) => hostIn(value) !== null));
    if (host === null) return null;
    return { reporter: 'source', source: programOf(labels), destination: nobody, host, subset: null };
  };
  return {
    id,
    title,
    evidence: 'client',
    requests: { metric: `${metric}_count`, matchers: [], by: [...by, ...outcome] },
    latency: null,
    // Histograms are a setting of many a library.
    latencies: [buckets],
    tcp: null,
    perInstance: null,
    partLabel: 'job',
    lines: { requests: [...by, ...outcome], latency: [...by, 'le'] },
    overall: [...peer, ...outcome],
    overallMatchers: () => [[]],
    toHosts: (hosts) =>
      peer.map((label): readonly Matcher[] => [
        {
          label,
          is: 'oneOf',
          values: [...new Set([...hosts, ...clusterNamesOf(hosts).names])],
        },
      ]),
    readCall(labels, perSecond) {
      const between = ends(labels);
      return between === null ? null : { ...between, ...outcomeOf(labels, names), perSecond };
    },
    readLatency: ends,
  };
}

/** Asked by whoever watches a program, not by its callers. */
const WATCHING = '/(actuator|metrics|health|healthz|livez|readyz|ready|live)(/.*)?';

/** What callees' programs count: how they fare, but not who calls. */
export function serverDialect(names: ServerNames): Dialect {
  const { id, title, metric, unit, path, status, error } = names;
  const outcome = [status, error];
  const asked: readonly Matcher[] = [{ label: path, is: 'notPattern', values: [WATCHING] }];
  const ends = (labels: Labels): Ends => ({
    reporter: 'destination',
    source: nobody,
    destination: programOf(labels),
    host: null,
    subset: null,
  });
  return {
    id,
    title,
    evidence: 'server',
    seesAllReceived: true,
    requests: { metric: `${metric}_count`, matchers: asked, by: [...PROGRAM, ...outcome] },
    latency: null,
    latencies: [{ metric: `${metric}_bucket`, matchers: asked, by: [...PROGRAM, 'le'], unit }],
    tcp: null,
    perInstance: {
      requests: { metric: `${metric}_count`, matchers: asked },
      namespace: 'namespace',
      pod: 'pod',
    },
    partLabel: 'job',
    lines: { requests: [...PROGRAM, ...outcome], latency: [...PROGRAM, 'le'] },
    overall: outcome,
    overallMatchers: () => [asked],
    toHosts: programsCalled,
    readCall: (labels, perSecond) => ({ ...ends(labels), ...outcomeOf(labels, names), perSecond }),
    readLatency: ends,
  };
}

type Ends = Pick<CallRow, 'reporter' | 'source' | 'destination' | 'host' | 'subset'>;

function outcomeOf(
  labels: Labels,
  { status, error }: Names,
): Pick<CallRow, 'protocol' | 'responseCode' | 'grpcStatus' | 'flags'> {
  const code = labels[status] ?? '';
  const failed = (labels[error] ?? '') !== '' && labels[error] !== 'none' && labels[error] !== 'None';
  // Where a library says "CLIENT_ERROR" or "UNKNOWN" instead of a status, no answer came.
  const said = /^\d{3}$/.test(code);
  return {
    protocol: 'http',
    responseCode: said ? code : failed || code !== '' ? '0' : null,
    grpcStatus: null,
    flags: [],
  };
}
