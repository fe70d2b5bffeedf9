import { alertTone, callsForSomebody } from '../../../shared/analysis/alertTone.ts';
import {
  type Alert,
  type AlertBoard,
  type AlertPhase,
  type Matcher,
  unmatchable,
} from '../../../shared/model/alert.ts';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** What is said of each phase. */
export const phaseWords: Readonly<Record<AlertPhase, string>> = {
  firing: 'fires',
  pending: 'pending',
  silenced: 'silenced',
  inhibited: 'held back by another alert',
};

const tones = { bad: 'toneBad', warn: 'toneWarn', calm: 'muted' } as const;

export const phaseTone = (alert: Pick<Alert, 'phase' | 'severity'>): string =>
  alert.phase === 'firing' ? tones[alertTone(alert)] : 'muted';

/** Labels worth a second look; what it is called and how bad it is stands elsewhere. */
export function otherLabels({ labels }: Pick<Alert, 'labels'>): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** All labels, its name first. */
export function namesFirst({ labels }: Pick<Alert, 'labels'>): readonly (readonly [string, string])[] {
  const isName = (name: string): number => (name === 'alertname' ? 0 : 1);
  return Object.entries(labels).sort(([a], [b]) => isName(a) - isName(b) || (a < b ? -1 : 1));
}

const usual = new Set(['alertname', 'namespace', 'service', 'deployment', 'job', 'cluster']);

/** The conditions to begin with: the alert by its name and place, without what differs from instance to instance. */
export function usualMatchers(alert: Pick<Alert, 'labels' | 'cutLabels'>): readonly string[] {
  const possible = Object.keys(alert.labels).filter((name) => unmatchable(alert, name) === null);
  const named = possible.filter((name) => usual.has(name));
  return named.length === 0 ? possible : named;
}

export const matchersOf = ({ labels }: Pick<Alert, 'labels'>, chosen: ReadonlySet<string>): Matcher[] =>
  namesFirst({ labels })
    .filter(([name]) => chosen.has(name))
    .map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));

/** For how long; there is no "for ever". */
export const silenceLengths = [
  { id: '1800', title: '30 min' },
  { id: '7200', title: '2 h' },
  { id: '28800', title: '8 h' },
  { id: '86400', title: '1 day' },
] as const;

/** On the way to all alerts; null while there is nothing to go to. A source that does not answer is no calm. */
export function buttonWords(board: AlertBoard | null, problem: string | null): string | null {
  const { alerts, sources, problems } = board ?? { alerts: [], sources: [], problems: [] };
  const isUnread = problem !== null || sources.some(({ state }) => state === 'silent');
  if (alerts.length === 0 && problems.length === 0 && !isUnread) return null;
  const firing = alerts.filter(callsForSomebody).length;
  const words = firing === 0 ? 'Alerts' : formatCount(firing, 'alert');
  return isUnread ? `${words}, not all read` : words;
}

/** What an empty board says, by those alone that answer; null while all are still being asked. */
export function emptyWords({ sources }: Pick<AlertBoard, 'sources'>): string | null {
  if (sources.length === 0) return 'Nothing that is open tells of alerts.';
  const titles = (wanted: string): string =>
    sources
      .filter(({ state }) => state === wanted)
      .map(({ title }) => plainText(title, 60))
      .join(' and ');
  if (titles('answers') !== '') return `No alert fires, says ${titles('answers')}.`;
  return titles('silent') === ''
    ? null
    : `Whether alerts fire is not known: no answer of ${titles('silent')}.`;
}

/** Why somebody silences, without the number by which Podium finds its own silence again. */
export const reasonIn = (comment: string): string =>
  comment.replace(/ · Podium [0-9a-f]{8}-[0-9a-f-]{27}$/, ' · through Podium');
