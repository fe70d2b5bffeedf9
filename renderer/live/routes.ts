import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { greyCallerLines } from '../../shared/analysis/greyRoutes.ts';
import type { SplitPlace } from '../../shared/analysis/splitKey.ts';
import type { CallId, EntityId } from '../../shared/model/entity.ts';
import type { GreyRoute } from '../../shared/model/routing.ts';
import { watch } from '../client/watch.ts';
import { useSplitsOf } from './splits.ts';
import { useCall, useService } from './topology.ts';

/** Every route that sends some requests to one version, whatever the weights say. */
export const useRouteStore = create<{ readonly routes: readonly GreyRoute[] }>(() => ({ routes: [] }));

/** The grey routes beside one split, in the order in which they are tried. */
export function useGreyRoutes(split: SplitPlace): readonly GreyRoute[] {
  return useRouteStore(useShallow((state) => state.routes.filter((route) => isBeside(route, split))));
}

/** The grey routes beside any split of one service. */
export function useGreyRoutesOf(serviceId: EntityId | null): readonly GreyRoute[] {
  const splits = useSplitsOf(serviceId);
  return useRouteStore(
    useShallow((state) => state.routes.filter((route) => splits.some((split) => isBeside(route, split)))),
  );
}

const isBeside = (route: GreyRoute, split: SplitPlace): boolean =>
  route.connectionId === split.connectionId && route.splitId === split.id;

/** On which version one call is because of who calls, in words; none where nobody routed it by its caller. */
export function useGreyLinesOfCall(callId: CallId | null): readonly string[] {
  const call = useCall(callId);
  const caller = useService(call?.callerId ?? null);
  const routes = useGreyRoutesOf(call?.calleeId ?? null);
  return caller === null ? [] : greyCallerLines(routes, caller);
}

/** Listens to grey routes until the returned function is called. */
export function watchRoutes(): () => void {
  return watch((client, signal) => client.routes.watch(undefined, { signal }), {
    onValue: (routes) => useRouteStore.setState({ routes }),
  });
}
