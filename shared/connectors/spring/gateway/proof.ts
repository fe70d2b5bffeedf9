import type { Expectation, Shares } from '../../../model/change.ts';
import type { Proof, ProofSource } from '../../kit/connector.ts';
import type { Gateways } from './gateways.ts';
import { groupsOf, type GroupIn } from './groups.ts';
import { groupIn } from './splits.ts';

/** A gateway loads at once what it is told to refresh; one that serves something else for so long does not load it. */
const loadsWithinMs = 30_000;

/** What every copy serves, read as it is served: that a gateway stored a route and refreshed proves nothing. */
export function createGatewayProof(gateways: Gateways): ProofSource {
  return {
    note: (expectation) =>
      (expectation.kind === 'shares' && groupIn(expectation.splitId) !== null) ||
      routeIn(gateways, expectation) !== null
        ? 'the routes that every copy serves are read back: k of n'
        : null,
    async loaded(expectation, since, signal) {
      const route = routeIn(gateways, expectation);
      if (route !== null) return routeProof(gateways, route, since, signal);
      if (expectation.kind !== 'shares') return null;
      const of = groupIn(expectation.splitId);
      return of === null ? null : sharesProof(gateways, expectation, of, since, signal);
    },
  };
}

async function sharesProof(
  gateways: Gateways,
  expectation: Shares,
  { service, name }: NonNullable<ReturnType<typeof groupIn>>,
  since: number,
  signal: AbortSignal,
): Promise<Proof> {
  const copies = await gateways.look(service, signal);
  const unread = copies.filter(({ problem }) => problem !== null);
  const present = (groupsOf(copies).find((group) => group.name === name)?.gateways ?? []).filter(
    ({ gateway }) => gateway.problem === null,
  );
  const good = present.filter((one) => serves(one, expectation));
  const bad = present.filter((one) => !good.includes(one));
  const detail = [
    `${good.length} of ${present.length + unread.length} copies serve it${good[0] === undefined ? '' : `: ${sayLive(good[0])}`}`,
    ...bad.map((one) => `${one.gateway.name} serves ${sayLive(one)}${sayStored(one)}`),
    ...unread.map((one) => `${one.name}: ${one.problem ?? ''}`),
  ]
    .join('; ')
    .slice(0, 500);
  if (bad.length === 0 && unread.length === 0 && good.length > 0) return { state: 'seen', detail };
  const isOver = gateways.fleet.host.clock.now() - since > loadsWithinMs;
  return { state: bad.length > 0 && isOver ? 'contradicted' : 'waiting', detail };
}

function serves({ routes }: GroupIn, { destinations }: Shares): boolean {
  const total = routes.reduce((sum, { live }) => sum + (live ?? 0), 0);
  return (
    total > 0 &&
    routes.length === destinations.length &&
    destinations.every(({ subset, share }) => {
      const live = routes.find(({ id }) => id === subset)?.live ?? null;
      return live !== null && Math.abs(live / total - share) < 1e-9;
    })
  );
}

const sayLive = ({ routes }: GroupIn): string => routes.map(({ live }) => live ?? 'nothing').join(' / ');

const sayStored = ({ routes }: GroupIn): string =>
  routes.every(({ live, weight }) => live === weight)
    ? ''
    : ` and only stores ${routes.map(({ weight }) => weight ?? '?').join(' / ')}; its log says why`;

interface RouteThere {
  readonly service: string;
  readonly id: string;
  readonly present: boolean;
}

/** A route beside a group, of a gateway that is known here. */
function routeIn(gateways: Gateways, expectation: Expectation): RouteThere | null {
  if (expectation.kind !== 'unmeasured') return null;
  const { caller = null, route } = expectation.inProxies ?? {};
  if (caller === null || route === undefined || route.to.subset === null) return null;
  return gateways.all().some(({ service }) => service === caller.name)
    ? { service: caller.name, id: route.to.subset, present: route.present }
    : null;
}

async function routeProof(
  gateways: Gateways,
  { service, id, present }: RouteThere,
  since: number,
  signal: AbortSignal,
): Promise<Proof> {
  const copies = await gateways.look(service, signal);
  const unread = copies.filter(({ problem }) => problem !== null);
  const good = copies.filter(
    ({ table, problem }) => problem === null && table?.live.some((route) => route.id === id) === present,
  );
  const bad = copies.filter((one) => !good.includes(one) && !unread.includes(one));
  const detail = [
    `${good.length} of ${copies.length} copies ${present ? 'serve' : 'do not serve'} route ${id}`,
    ...bad.map(({ name }) => `${name} ${present ? 'does not' : 'still does'}`),
    ...unread.map(({ name, problem }) => `${name}: ${problem ?? ''}`),
  ]
    .join('; ')
    .slice(0, 500);
  if (bad.length + unread.length === 0 && good.length > 0) return { state: 'seen', detail };
  const isOver = gateways.fleet.host.clock.now() - since > loadsWithinMs;
  return { state: bad.length > 0 && isOver ? 'contradicted' : 'waiting', detail };
}
