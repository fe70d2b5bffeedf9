import { useMemo } from 'react';
import { create } from 'zustand';
import type { Mark } from '../../shared/model/signals.ts';
import type { TimeZone } from '../../shared/model/timeZone.ts';
import { useSettings } from '../live/settings.ts';
import { tellTimesIn } from '../ui/format.ts';

/** The ranges that charts and the timeline can look back. */
export const ranges = [
  { seconds: 300, title: 'last 5 min' },
  { seconds: 900, title: 'last 15 min' },
  { seconds: 3_600, title: 'last hour' },
  { seconds: 21_600, title: 'last 6 hours' },
  { seconds: 86_400, title: 'last 24 hours' },
] as const;

interface TimeState {
  /** How far back charts and the timeline look. */
  readonly rangeSeconds: number;
  /** Over what window the map's figures are taken. */
  readonly windowSeconds: number;
  /** The moment that was last looked back to, marked in charts by what led there; null for none. */
  readonly lookedBack: { readonly at: number; readonly title: string } | null;
}

export const useTime = create<TimeState>(() => ({ rangeSeconds: 900, windowSeconds: 60, lookedBack: null }));

export function setRange(rangeSeconds: number): void {
  useTime.setState({ rangeSeconds });
}

/** Looks back as far as a moment, and marks it; false where no range goes back so far. */
export function lookBackTo(at: number, title: string, now: number): boolean {
  const range = ranges.find(({ seconds }) => now - at <= seconds * 1_000 * 0.9);
  const { rangeSeconds } = useTime.getState();
  useTime.setState({
    lookedBack: { at, title },
    rangeSeconds: Math.max(rangeSeconds, (range ?? ranges[4]).seconds),
  });
  return range !== undefined;
}

/** What happened when, and with it the moment that was looked back to; the same array while neither changes. */
export function useMarks(marks: readonly Mark[]): readonly Mark[] {
  const lookedBack = useTime((time) => time.lookedBack);
  return useMemo(() => {
    if (lookedBack === null) return marks;
    const mark: Mark = { ...lookedBack, kind: 'event', serviceId: null, operationId: null };
    return [...marks, mark].sort((a, b) => a.at - b.at);
  }, [marks, lookedBack]);
}

// Before anything is drawn with the new settings: drawers listen later than this.
useSettings.subscribe(({ settings }) => tellTimesIn(settings.timeZone));

/** The zone in which times are told, '' for the operator's own. Who asks is drawn anew when another is chosen. */
export function useZone(): TimeZone {
  return useSettings(({ settings }) => settings.timeZone);
}
