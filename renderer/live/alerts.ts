import { useMemo } from 'react';
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { alertTone, callsForSomebody } from '../../shared/analysis/alertTone.ts';
import type { Alert, AlertBoard } from '../../shared/model/alert.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import { watchWhileSeen } from '../client/watch.ts';

/** What fires, pends or is silenced over everything that is open; null before it was first read. */
export const useAlertStore = create<{
  readonly board: AlertBoard | null;
  readonly problem: string | null;
}>(() => ({ board: null, problem: null }));

const isOf =
  (serviceId: EntityId) =>
  (alert: Alert): boolean =>
    alert.serviceId === serviceId;

/** All alerts of one service, silenced ones included. */
export function useAlertsOf(serviceId: EntityId): readonly Alert[] {
  return useAlertStore(useShallow(({ board }) => (board?.alerts ?? []).filter(isOf(serviceId))));
}

/** How many fire for one service, nobody silenced them, and they do more than tell. */
export function useFiringCount(serviceId: EntityId): number {
  return useAlertStore(
    ({ board }) =>
      (board?.alerts ?? []).filter((alert) => alert.serviceId === serviceId && callsForSomebody(alert))
        .length,
  );
}

/** Whether one of those that fire for a service is worse than a warning. */
export function useFiresBadly(serviceId: EntityId): boolean {
  return useAlertStore(({ board }) =>
    (board?.alerts ?? []).some(
      (alert) => alert.serviceId === serviceId && callsForSomebody(alert) && alertTone(alert) === 'bad',
    ),
  );
}

/** Services with alerts that fire, worst first, each with the name of its worst; null stands for those that are not on the map. */
export function useFiringServices(): readonly FiringService[] {
  const board = useAlertStore((state) => state.board);
  return useMemo(() => firingServices(board?.alerts ?? []), [board]);
}

/** One service with alerts that fire. */
export interface FiringService {
  readonly serviceId: EntityId | null;
  readonly name: string;
  readonly count: number;
  /** Whether one of them is worse than a warning. */
  readonly isBad: boolean;
}

export function firingServices(alerts: readonly Alert[]): FiringService[] {
  const found = new Map<EntityId | null, FiringService>();
  for (const alert of alerts) {
    if (!callsForSomebody(alert)) continue;
    const { serviceId, name } = alert;
    const known = found.get(serviceId);
    found.set(serviceId, {
      serviceId,
      name: known?.name ?? name,
      count: (known?.count ?? 0) + 1,
      isBad: (known?.isBad ?? false) || alertTone(alert) === 'bad',
    });
  }
  return [...found.values()];
}

/** Listens to alerts until the returned function is called. */
export function watchAlerts(): () => void {
  return watchWhileSeen((client, signal) => client.alerts.watch(undefined, { signal }), {
    onValue: (board) => useAlertStore.setState({ board, problem: null }),
    onProblem: (problem) => useAlertStore.setState({ problem }),
  });
}
