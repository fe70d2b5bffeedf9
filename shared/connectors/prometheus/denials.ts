import { formatAge, formatPerSecond } from '../../analysis/formats.ts';
import type { DenialJudgement } from '../../model/denial.ts';
import { anySignal } from '../kit/anySignal.ts';
import { type DenialSource, type JudgedCall, unreadable } from '../kit/denials.ts';
import type { Endpoint } from '../kit/signals.ts';
import type { Labels, Series } from './answers.ts';
import type { Asking } from './asking.ts';
import { type RefusalDialect, refusalDialects } from './dialects/refusals.ts';
import { rate, selector, sumBy } from './promql.ts';

/** Short, so that what has just begun is not made little of; over four scrapes where those are rare. */
const leastWindowSeconds = 60;
/** More rows than this say nothing more to somebody who looks. */
const mostTold = 6;

type Side = {
  readonly namespace: string | null;
  readonly name: string;
  readonly workloads?: readonly string[];
};

/** What proxies counted of calls that policies refused, of all dialects that are there; one query each, because somebody asks. */
export function createCountedDenials(
  begin: () => Asking,
  closed: AbortSignal,
  about: () => { readonly source: string; readonly scrapeIntervalSeconds: number },
): DenialSource {
  return {
    known: 'whenAsked',
    async judge(call, given) {
      const { namespace } = call.callee;
      if (namespace === null) return null;
      const signal = anySignal([given, closed]);
      const asking = begin();
      const { source, scrapeIntervalSeconds } = about();
      const windowSeconds = Math.ceil(Math.max(leastWindowSeconds, 4 * scrapeIntervalSeconds));
      try {
        const found = await Promise.all(
          refusalDialects.map(async (dialect) => {
            const { metric, matchers, by } = dialect.query;
            const parts = dialect
              .inNamespace(namespace)
              .map((here) => sumBy(by, rate(selector(metric, [...matchers, ...here]), windowSeconds)));
            return { dialect, series: await asking.vector(parts.join(' or '), signal) };
          }),
        );
        return toldOf(found, call, { source, windowSeconds, problems: asking.problems() });
      } catch (error) {
        const text = 'Whether proxies counted refused calls cannot be read.';
        return unreadable(error, { source, text, tried: 'Reading counters of refused calls' }, signal);
      }
    },
  };
}

/** Null where nothing of the kind is counted at this callee: that is no sign that nothing is refused. */
function toldOf(
  found: readonly { readonly dialect: RefusalDialect; readonly series: readonly Series[] }[],
  { callee, caller }: JudgedCall,
  {
    source: product,
    windowSeconds,
    problems,
  }: { readonly source: string; readonly windowSeconds: number; readonly problems: readonly string[] },
): DenialJudgement | null {
  const rows = found.flatMap(({ dialect, series }) =>
    series.flatMap(({ labels, samples }) => {
      const perSecond = samples.at(-1)?.[1];
      const end = dialect.callee(labels);
      if (perSecond === undefined || !Number.isFinite(perSecond) || end === null || !isOf(end, callee))
        return [];
      const from = dialect.caller(labels);
      const isCaller = from === null || caller === null ? null : isOf(from, caller);
      // Somebody else's refusals are told at their own calls.
      return isCaller === false ? [] : [{ dialect, labels, perSecond, isCaller }];
    }),
  );
  if (rows.length === 0) return null;
  const dialects = [...new Set(rows.map(({ dialect }) => dialect))];
  const lines = linesOf(
    rows.filter(({ perSecond }) => perSecond > 0),
    callee.name,
  );
  const source = `${product} · ${dialects.map(({ title }) => title).join(', ')}`;
  const [first, ...others] = lines;
  if (first === undefined)
    return {
      source,
      outcome: 'admitted',
      text: `Proxies counted no refused call to ${callee.name} in the last ${formatAge(1_000 * windowSeconds)}.`,
      policies: [],
      notes: [...problems],
    };
  const refusing = new Set(lines.map(({ dialect }) => dialect));
  return {
    source,
    outcome: lines.some(({ isCaller }) => isCaller === true) ? 'denied' : 'maybe',
    text: `${first.text}.`,
    policies: [],
    notes: [
      ...others.slice(0, mostTold - 1).map(({ text }) => `${text}.`),
      ...(others.length >= mostTold ? [`And ${others.length - mostTold + 1} more.`] : []),
      ...[...refusing].map(({ note }) => note),
      ...problems,
    ],
  };
}

interface Row {
  readonly dialect: RefusalDialect;
  readonly labels: Labels;
  readonly perSecond: number;
  /** Whether it is the caller's; null where nobody says. */
  readonly isCaller: boolean | null;
}

/** One line for all rows that read alike (several instances of the callee), most first. */
function linesOf(rows: readonly Row[], callee: string) {
  const sums = new Map<string, Row>();
  for (const row of rows) {
    const key = row.dialect.say('', callee, row.labels);
    sums.set(key, { ...row, perSecond: row.perSecond + (sums.get(key)?.perSecond ?? 0) });
  }
  return [...sums.values()]
    .sort((a, b) => b.perSecond - a.perSecond)
    .map((row) => ({ ...row, text: row.dialect.say(formatPerSecond(row.perSecond), callee, row.labels) }));
}

/** By what runs it, else by its pods' names, which a workload's name begins; by the label `app` as the Service's name. */
function isOf({ namespace, workload, service, instance }: Endpoint, side: Side): boolean {
  if (namespace !== side.namespace) return false;
  const { workloads = [] } = side;
  const names = workloads.length === 0 ? [side.name] : workloads;
  if (workload !== null && names.includes(workload)) return true;
  if (service !== null && service === side.name) return true;
  // A workload that is named is the one; a context may have a pod's name in its place.
  if (instance === null || (workload !== null && workload !== instance)) return false;
  return names.some((name) => instance.startsWith(name) && ofPod.test(instance.slice(name.length)));
}

/** What controllers add to the names of Deployments, DaemonSets and StatefulSets: letters that spell nothing, or a number. */
const ofPod = /^(?:-[bcdf-hj-np-tv-xz2456789]{4,10})?-[bcdf-hj-np-tv-xz2456789]{5}$|^-\d+$/;
