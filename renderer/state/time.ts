import { useMemo } from 'react';
import { create } from 'zustand';
import type { Mark } from '../../shared/model/signals.ts';

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
  /** The moment that a link was about, marked in charts; null for none. */
  readonly linkedAt: number | null;
}

export const useTime = create<TimeState>(() => ({ rangeSeconds: 900, windowSeconds: 60, linkedAt: null }));

export function setRange(rangeSeconds: number): void {
  useTime.setState({ rangeSeconds });
}

/** Looks back as far as a moment, and marks it; false where no range goes back so far. */
export function lookBackTo(linkedAt: number, now: number): boolean {
  const range = ranges.find(({ seconds }) => now - linkedAt <= seconds * 1_000 * 0.9);
  const { rangeSeconds } = useTime.getState();
  useTime.setState({ linkedAt, rangeSeconds: Math.max(rangeSeconds, (range ?? ranges[4]).seconds) });
  return range !== undefined;
}

/** What happened when, and with it the moment that a link was about; the same array while neither changes. */
export function useMarks(marks: readonly Mark[]): readonly Mark[] {
  const linkedAt = useTime((time) => time.linkedAt);
  return useMemo(() => {
    if (linkedAt === null) return marks;
    const linked: Mark = {
      at: linkedAt,
      kind: 'event',
      title: 'the link',
      serviceId: null,
      operationId: null,
    };
    return [...marks, linked].sort((a, b) => a.at - b.at);
  }, [marks, linkedAt]);
}
