import { withoutSequences } from '../../../shared/analysis/terminalText.ts';
import type { LogEntry } from '../../../shared/model/log.ts';
import { formatClockSeconds, lastClockAt } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import type { ShownEntry } from './logBuffer.ts';

/** Longer than any line that is shown. */
const whole = 2 * 1024 * 1024;

/** What tells instances apart: their names without what all of them begin with. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  const [first = ''] = names;
  let shared = names.length < 2 ? first.length : 0;
  for (
    let place = first.indexOf('-');
    names.length > 1 && place >= 0;
    place = first.indexOf('-', place + 1)
  ) {
    const start = first.slice(0, place + 1);
    if (!names.every((name) => name.startsWith(start))) break;
    shared = start.length;
  }
  return new Map(names.map((name) => [name, names.length < 2 ? name : name.slice(shared) || name]));
}

/** Notes are no lines. */
export const countLines = (entries: readonly ShownEntry[]): number =>
  entries.filter(({ entry }) => entry.kind === 'line').length;

/** How far a line is looked at: what comes after it is what was to be told, not how bad it is. */
const headChars = 200;
const field = /\b(?:level|lvl|severity|loglevel)"?\s*[=:]\s*"?(\w+)/i;
const word = /(?:^|[\s[(|])(WARN(?:ING)?|ERROR|FATAL|CRITICAL|PANIC)(?=$|[\s\])|:])/;
/** klog begins each line with the first letter of its level, month and day. */
const klog = /^([WEF])\d{4} /;
const levels: readonly (readonly [RegExp, 'warn' | 'bad'])[] = [
  [/^(w|warn|warning|40)$/i, 'warn'],
  [/^(e|err|error|f|fatal|crit|critical|alert|emerg|emergency|panic|50|60)$/i, 'bad'],
];

/** How bad a line says that it is, in the usual spellings; null where it says nothing of the kind. A level that is named wins over a word. */
export function levelOf(text: string): 'warn' | 'bad' | null {
  const head = text.slice(0, headChars);
  const named = (field.exec(head) ?? klog.exec(head) ?? word.exec(head))?.[1];
  return named === undefined ? null : (levels.find(([spelt]) => spelt.test(named))?.[1] ?? null);
}

/** "14:06:03.250"; empty where a line has no time. */
export function timeOf(at: number | null): string {
  if (at === null) return '';
  return `${formatClockSeconds(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** What is shown, as a text to copy or to keep: no escape sequence is in it, and what steers a terminal is spelled out. */
export function asText(entries: readonly ShownEntry[], names: 'with names' | 'without names'): string {
  return entries.map(({ entry }) => `${lineAsText(entry, names)}\n`).join('');
}

function lineAsText(entry: LogEntry, names: 'with names' | 'without names'): string {
  const time = entry.at === null ? '' : `${new Date(entry.at).toISOString()} `;
  const name = names === 'with names' && entry.instance !== null ? `${plainText(entry.instance)} ` : '';
  if (entry.kind === 'note') return `${time}${name}-- ${plainText(entry.text)}`;
  const cut = entry.missingChars > 0 ? ` … (${entry.missingChars} more characters)` : '';
  return `${time}${name}${drawn(entry.text)}${cut}`;
}

/** A piece of a line as it is drawn. */
export const drawn = (text: string): string => plainText(withoutSequences(text).replace(/\r$/, ''), whole);

/** Epoch ms of "14:06", "14:06:30" or "5m" (ago), the latest such moment that is past; null for anything else. */
export function readMoment(typed: string, now: number): number | null {
  const ago = /^(\d{1,4})\s*([smh])$/.exec(typed.trim());
  if (ago !== null)
    return now - Number(ago[1]) * { s: 1_000, m: 60_000, h: 3_600_000 }[ago[2] as 's' | 'm' | 'h'];
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(typed.trim());
  if (clock === null) return null;
  const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  // At ten past midnight 23:50 was yesterday.
  return lastClockAt(((hours * 60 + minutes) * 60 + seconds) * 1_000, now);
}
