import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';

/** Whose logs are looked at. */
export interface LogRequest {
  readonly serviceId: EntityId;
  /** Names; null for all instances, also those that come later. */
  readonly instances: readonly string[] | null;
  /** Epoch ms to begin at; null for the newest lines. */
  readonly sinceAt: number | null;
}

/** The panel of logs: what it shows, null while it is closed, and how high it is. Nothing of it is remembered. */
export const useLogPanel = create<{ readonly request: LogRequest | null; readonly heightPx: number }>(() => ({
  request: null,
  heightPx: 300,
}));

export const logHeightLimits = { least: 140, most: 720 } as const;

/** Shows the logs behind a service, or of some of its instances. */
export function openLogs(serviceId: EntityId, instances: readonly string[] | null = null): void {
  useLogPanel.setState({ request: { serviceId, instances, sinceAt: null } });
}

/** Where logs are looked at: what was written at that time. */
export function showLogsAt(sinceAt: number | null): void {
  useLogPanel.setState(({ request }) => (request === null ? {} : { request: { ...request, sinceAt } }));
}

export function closeLogs(): void {
  useLogPanel.setState({ request: null });
}

export function setLogHeight(heightPx: number): void {
  const { least, most } = logHeightLimits;
  useLogPanel.setState({ heightPx: Math.round(Math.min(most, Math.max(least, heightPx))) });
}
