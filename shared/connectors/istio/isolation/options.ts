import type { CallTarget, Fallback, TripMechanism, TripOption } from '../../../model/trip.ts';
import { shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { findCaller } from '../../kube/callerPods.ts';
import { accountOf, hindranceOf, noBreaker, type Standing, standingOf, takesGrpc } from './hindrance.ts';
import { sayFallback } from './words.ts';

/** What can be done to a call here, and what each way means. */
export async function optionsOf(
  mesh: Mesh,
  call: CallTarget,
  fallback: Fallback | undefined,
  signal: AbortSignal,
): Promise<TripOption[]> {
  const standing = await standingOf(mesh, call, signal);
  const titles = { refuse: 'Refuse', divert: 'Divert', deny: 'Deny' } as const;
  return (['refuse', 'divert', 'deny'] as const).map((mechanism) => ({
    mechanism,
    title: titles[mechanism],
    effect: effectOf(mechanism, standing, fallback),
    perCaller: mechanism === 'deny' ? deniesOne(mesh, call) : true,
    unavailable: hindranceOf(mesh, standing, mechanism),
  }));
}

function effectOf(
  how: TripMechanism['kind'],
  { call, service, governing }: Standing,
  fallback: Fallback | undefined,
): string {
  const name = shortName(call.host);
  const gateways = [...new Set(governing.flatMap((one) => one.gateways))].filter((one) => one !== 'mesh');
  const through = gateways.length === 0 ? '' : ` and calls through ${gateways.join(', ')}`;
  const reach = `Reaches callers with a sidecar${through}; callers outside the mesh go on calling ${name} itself.`;
  switch (how) {
    case 'refuse': {
      const grpc = takesGrpc(service)
        ? '; gRPC callers get the status that stands for it (503: UNAVAILABLE)'
        : '';
      return `The callers’ proxies refuse at once with the status of your choice${grpc}. Nothing reaches ${name}. ${reach}`;
    }
    case 'divert': {
      const first = fallback === undefined ? '' : ` Declared for ${name}: ${sayFallback(fallback)}.`;
      return `Calls get their answer from another service or version, or a fixed one.${first} ${reach}`;
    }
    case 'deny':
      return `The proxies of ${name} answer 403 to everybody who reaches its pods, whatever the route. Connections that are open may be served until their proxy closes them, which can take minutes.`;
    case 'breaker':
    case 'runtime':
    case 'block':
      return noBreaker;
  }
}

function deniesOne(mesh: Mesh, call: CallTarget): boolean {
  const caller = call.caller === null ? null : findCaller(mesh, call.caller);
  // Asked for every caller, nobody can say yet whether the one that is chosen has an account of its own.
  return call.caller === null || (caller !== null && accountOf(mesh, caller) !== null);
}
