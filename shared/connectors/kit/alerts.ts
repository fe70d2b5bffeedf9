import type { AlertObservation } from '../../model/alert.ts';
import type { PastAlerts, Span } from './past.ts';

/** What is wrong by rules that somebody else wrote: read when asked, nothing is watched. */
export interface AlertSource {
  /** "Alertmanager 0.25". */
  readonly source: string;
  /** Whether alerts of several rulers come together here and can be silenced; else it only evaluates rules of its own. */
  readonly gathers: boolean;
  read(signal: AbortSignal): Promise<AlertsObservation>;
  /** Those that fired in a span that is over; absent where nobody recorded them. */
  past?(span: Span, signal: AbortSignal): Promise<PastAlerts>;
}

export interface AlertsObservation {
  readonly alerts: readonly AlertObservation[];
  /** What is missing, in words. */
  readonly problems: readonly string[];
  /** False for one that evaluates no rules: that it tells of no alert says nothing. */
  readonly hasRules?: boolean;
}

const mostLabels = 40;
const longestLabel = 500;
const longestName = 200;

/** One alert as a peer words it, before anything of it is believed. */
export interface ToldAlert {
  readonly key: string;
  readonly phase: AlertObservation['phase'];
  readonly since: number | null;
  readonly labels: unknown;
  readonly annotations: unknown;
  readonly silencedBy: readonly string[];
}

/** Bounded texts out of whatever a peer sent. All alerts: plans and proofs need those that nobody draws, too. */
export const observedAlerts = (told: readonly ToldAlert[]): AlertObservation[] => told.map(observedOf);

function observedOf({ key, phase, since, labels, annotations, silencedBy }: ToldAlert): AlertObservation {
  const named = textsOf(labels, longestLabel);
  const said = textsOf(annotations, 2_000);
  return {
    key: key.slice(0, 2_000),
    name: named['alertname'] ?? 'an alert without a name',
    phase,
    severity: named['severity'] ?? null,
    since,
    labels: named,
    cutLabels: cutIn(labels),
    summary: (said['summary'] ?? said['message'] ?? null)?.slice(0, 300) ?? null,
    description: said['description'] ?? null,
    runbook: runbookOf(said['runbook_url'] ?? said['runbook'] ?? null),
    silencedBy: silencedBy.slice(0, 20).map((id) => id.slice(0, 100)),
    silences: [],
  };
}

function textsOf(value: unknown, longest: number): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const texts = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(
    texts.slice(0, mostLabels).map(([name, text]) => [name.slice(0, longestName), text.slice(0, longest)]),
  );
}

/** Labels of which only a part was taken over, by the names they have here. */
function cutIn(labels: unknown): string[] {
  if (typeof labels !== 'object' || labels === null) return [];
  return Object.entries(labels)
    .filter(
      ([name, value]) =>
        name.length > longestName || (typeof value === 'string' && value.length > longestLabel),
    )
    .slice(0, mostLabels)
    .map(([name]) => name.slice(0, longestName));
}

/** Annotations are written by whoever writes rules: only a plain https address is one to follow. */
function runbookOf(text: string | null): string | null {
  if (text === null || text.length > 500) return null;
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  return url.href;
}
