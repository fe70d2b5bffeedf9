import { create } from 'zustand';
import type { ConnectionId } from '../../shared/model/entity.ts';

/** Which connection is told about, and whether the report for a bug is shown. */
export const useAbout = create<{ readonly connectionId: ConnectionId | null; readonly report: boolean }>(
  () => ({ connectionId: null, report: false }),
);

/** Tells what a connection is made of. */
export function openAbout(connectionId: ConnectionId): void {
  useAbout.setState({ connectionId, report: false });
}

/** Puts together the report for a bug. */
export function openReport(): void {
  useAbout.setState({ connectionId: null, report: true });
}

export function closeAbout(): void {
  useAbout.setState({ connectionId: null, report: false });
}
