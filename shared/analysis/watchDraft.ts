import type { Signals } from '../model/signals.ts';
import type { WatchCondition, WatchRequest } from '../model/watch.ts';
import { formatMs, formatPercent, formatRps } from './formats.ts';

/** One condition as it stands in a form: its limit as it was typed, in percent, ms or seconds. */
export interface ConditionDraft {
  readonly kind: WatchCondition['kind'];
  readonly on: boolean;
  readonly text: string;
}

/** A watch as it stands in a form. */
export interface WatchDraft {
  readonly on: boolean;
  readonly minutes: string;
  /** Whom the conditions are about; null for the service as a whole. */
  readonly version: string | null;
  readonly conditions: readonly ConditionDraft[];
}

/** What is measured now of whom the conditions are about; null where no source measures it. */
export type PresentFigures = Pick<Signals, 'errorRatio' | 'p99Ms' | 'requestsPerSecond'> | null;

/** No limit below this is proposed: at rest, a stray failure is no reason to go back. */
const leastErrorRatio = 0.02;

/**
 * A watch to begin with: errors from twice what is expected (2 % at least), p99 from one and a half of it, both on. What
 * nobody measures has no limit that could be proposed, and is not on.
 */
export function firstWatch(expected: PresentFigures, version: string | null): WatchDraft {
  const errorRatio = expected?.errorRatio ?? null;
  const errors = errorRatio === null ? null : Math.min(1, Math.max(leastErrorRatio, 2 * errorRatio));
  const p99Ms = expected?.p99Ms ?? null;
  return {
    on: false,
    minutes: '10',
    version,
    conditions: [
      { kind: 'errors', on: errors !== null, text: errors === null ? '' : String(roundUp(errors * 100)) },
      { kind: 'latency', on: p99Ms !== null, text: p99Ms === null ? '' : String(roundUp(p99Ms * 1.5)) },
      { kind: 'noTraffic', on: false, text: '60' },
    ],
  };
}

/** Why a condition cannot be chosen: it holds already, and the change would be taken back at once. Null where it can. */
export function brokenNow(draft: ConditionDraft, figures: PresentFigures): string | null {
  const value = numberOf(draft.text);
  if (figures === null || value === null) return null;
  const { errorRatio, p99Ms, requestsPerSecond } = figures;
  switch (draft.kind) {
    case 'errors':
      return errorRatio !== null && errorRatio > value / 100
        ? `broken already: ${formatPercent(errorRatio)} fail now`
        : null;
    case 'latency':
      return p99Ms !== null && p99Ms > value ? `broken already: p99 is ${formatMs(p99Ms)} now` : null;
    case 'noTraffic':
      return requestsPerSecond === 0 ? 'broken already: no calls arrive now' : null;
  }
}

/** The watch that a draft asks for, or what is wrong with it; both null while it is off. */
export function watchOf(
  draft: WatchDraft,
  figures: PresentFigures,
): { readonly request: WatchRequest | null; readonly problem: string | null } {
  if (!draft.on) return { request: null, problem: null };
  const wrong = (problem: string) => ({ request: null, problem });
  const forSeconds = secondsOf(draft.minutes);
  if (forSeconds === null)
    return wrong('Say for how long it is watched: from a quarter of a minute to 1440 minutes.');
  const read = conditionsOf(draft, figures);
  return typeof read === 'string'
    ? wrong(read)
    : { request: { forSeconds, conditions: read }, problem: null };
}

/** The conditions that are on, or what is wrong with one of them. */
export function conditionsOf(
  { conditions, version }: Pick<WatchDraft, 'conditions' | 'version'>,
  figures: PresentFigures,
): WatchCondition[] | string {
  const read: WatchCondition[] = [];
  for (const draft of conditions) {
    // What is broken now cannot be ticked; a tick from before it broke asks for nothing.
    if (!draft.on || brokenNow(draft, figures) !== null) continue;
    const condition = readCondition(draft, version);
    if (typeof condition === 'string') return condition;
    read.push(condition);
  }
  return read.length === 0 ? 'Choose at least one condition to watch for.' : read;
}

function readCondition({ kind, text }: ConditionDraft, version: string | null): WatchCondition | string {
  const value = numberOf(text);
  switch (kind) {
    case 'errors':
      if (value === null || value > 100) return 'The limit of errors is a share from 0 to 100 %.';
      return { kind, version, aboveRatio: value / 100 };
    case 'latency':
      if (value === null || value <= 0) return 'The limit of p99 is a time in milliseconds.';
      return { kind, version, aboveP99Ms: value };
    case 'noTraffic':
      if (value === null || value < 10 || !Number.isInteger(value))
        return 'Without calls for how long: whole seconds, 10 at least.';
      return { kind, version, forSeconds: value };
  }
}

/** Minutes as typed, in whole seconds; null where it is no time that a watch can last. */
export function secondsOf(minutes: string): number | null {
  const value = numberOf(minutes);
  if (value === null || value < 0.25 || value > 1440) return null;
  return Math.round(value * 60);
}

/** "v2’s errors pass 2 %", "p99 passes 200 ms", "no call comes to v2 for 60 s". */
export function conditionInWords(condition: WatchCondition): string {
  const { version } = condition;
  switch (condition.kind) {
    case 'errors':
      return `${version === null ? '' : `${version}’s `}errors pass ${formatPercent(condition.aboveRatio)}`;
    case 'latency':
      return `${version === null ? '' : `${version}’s `}p99 passes ${formatMs(condition.aboveP99Ms)}`;
    case 'noTraffic':
      return `no call comes${version === null ? '' : ` to ${version}`} for ${condition.forSeconds} s`;
  }
}

/** The newest reading of a condition in its own unit. */
export function readingInWords({ kind }: WatchCondition, reading: number | null): string {
  switch (kind) {
    case 'errors':
      return reading === null ? 'not enough calls yet' : `${formatPercent(reading)} now`;
    case 'latency':
      return reading === null ? 'not known yet' : `${formatMs(reading)} now`;
    case 'noTraffic':
      return reading === null ? 'not counted yet' : `${formatRps(reading)} now`;
  }
}

function numberOf(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(trimmed)) return null;
  return Number(trimmed);
}

/** Two leading digits, never less than it was: "187" → 190. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const step = 10 ** Math.max(-1, Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(Number((value / step).toFixed(6))) * step).toFixed(1));
}
