import type { AwayLine, AwaySummary } from '../../../shared/model/away.ts';
import { formatCount, formatMoment } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** "8 h 12 min", "25 min", "2 d 3 h". */
export function awayFor(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** "03:12–03:40", "since 03:12", "03:12". */
export function timeWords({ from, to }: Pick<AwayLine, 'from' | 'to'>, now: number): string {
  if (to === null) return `since ${formatMoment(from, now)}`;
  return to - from < 60_000 ? formatMoment(from, now) : `${formatMoment(from, now)}–${formatMoment(to, now)}`;
}

/** So many are named of those who lost calls nobody knows when. */
const mostUntimed = 4;

/** What there is to say of a connection as a whole, where nothing tells of a failure; null where something does. */
export function quietWords(
  { lines, untimed, counted, from, reaches, notes, problems }: AwaySummary,
  now: number,
): string | null {
  if (untimed.length > 0 || lines.some(({ kind }) => kind === 'failure')) return null;
  if (!counted)
    return problems.length + notes.length > 0
      ? 'Whether calls failed is not known.'
      : 'Whether calls failed is not known: nothing counted them.';
  const since = reaches.find(({ what }) => what === 'figures')?.since ?? from;
  return `${notes.length > 0 ? 'Nothing that was counted failed' : 'Nothing failed'} since ${formatMoment(since, now)}.`;
}

/** "payment lost 412 of 90,000 calls; when is not known." */
export function untimedWords({ untimed }: AwaySummary): string | null {
  if (untimed.length === 0) return null;
  const count = (calls: number): string => calls.toLocaleString('en-GB');
  const said = untimed
    .slice(0, mostUntimed)
    .map(
      ({ name, lostCalls, calls }) =>
        `${plainText(name, 80)} lost ${count(lostCalls)} of ${count(calls)} calls`,
    );
  const left = untimed.length - said.length;
  if (left > 0) said.push(`${formatCount(left, 'more service')} lost some`);
  return `${said.join(', ')}; when is not known.`;
}

/** "Events are kept only since 13:06, figures since 12:50." */
export function reachWords({ reaches }: AwaySummary, now: number): string | null {
  if (reaches.length === 0) return null;
  const said = reaches.map(({ what, since }) => `${what} only since ${formatMoment(since, now)}`).join(', ');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}; before that nothing is known.`;
}

/** So many problems are told whole; that there are more is told too. */
const mostProblems = 4;

/** What could not be read, a few of it in its own words. */
export function problemWords({ problems }: AwaySummary): string[] {
  const left = problems.length - mostProblems;
  const said = problems.slice(0, mostProblems).map((text) => plainText(text, 300));
  return left > 0 ? [...said, `${formatCount(left, 'more thing')} could not be read.`] : said;
}
