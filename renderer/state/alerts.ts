import { create } from 'zustand';
import type { Alert } from '../../shared/model/alert.ts';

/** Whether all alerts are listed just now, and which one is about to be silenced. */
export const useAlertDialogs = create<{ readonly listed: boolean; readonly silencing: Alert | null }>(() => ({
  listed: false,
  silencing: null,
}));

export function listAlerts(): void {
  useAlertDialogs.setState({ listed: true });
}

/** Asks what is to be silenced, and for how long; nothing is written before the review. */
export function askToSilence(alert: Alert): void {
  useAlertDialogs.setState({ listed: false, silencing: alert });
}

export function closeAlertDialogs(): void {
  useAlertDialogs.setState({ listed: false, silencing: null });
}
