import { useMemo } from 'react';
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
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

/** How many fire for one service, and nobody silenced them. */
export function useFiringCount(serviceId: EntityId): number {
  return useAlertStore(
    ({ board }) =>
      (board?.alerts ?? []).filter((alert) => alert.phase === 'firing' && alert.serviceId === serviceId)
        .length,
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
}

function firingServices(alerts: readonly Alert[]): FiringService[] {
  const found = new Map<EntityId | null, FiringService>();
  for (const { phase, serviceId, name } of alerts) {
    if (phase !== 'firing') continue;
    const known = found.get(serviceId);
    found.set(serviceId, { serviceId, name: known?.name ?? name, count: (known?.count ?? 0) + 1 });
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
