import type { Shares } from '../../../model/change.ts';
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
      expectation.kind === 'shares' && groupIn(expectation.splitId) !== null
        ? 'the routes that every copy serves are read back: k of n'
        : null,
    async loaded(expectation, since, signal) {
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
