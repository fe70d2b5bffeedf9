import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { GreyRoute } from '../../shared/model/routing.ts';
import { watch } from '../client/watch.ts';

/** Every route that sends some requests to one version, whatever the weights say. */
export const useRouteStore = create<{ readonly routes: readonly GreyRoute[] }>(() => ({ routes: [] }));

/** The grey routes beside one split, in the order in which they are tried. */
export function useGreyRoutes(splitId: string | null): readonly GreyRoute[] {
  return useRouteStore(
    useShallow((state) => state.routes.filter((route) => splitId !== null && route.splitId === splitId)),
  );
}

/** Listens to grey routes until the returned function is called. */
export function watchRoutes(): () => void {
  return watch((client, signal) => client.routes.watch(undefined, { signal }), {
    onValue: (routes) => useRouteStore.setState({ routes }),
  });
}
