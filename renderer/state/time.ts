import { create } from 'zustand';

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
}

export const useTime = create<TimeState>(() => ({ rangeSeconds: 900, windowSeconds: 60 }));

export function setRange(rangeSeconds: number): void {
  useTime.setState({ rangeSeconds });
}
