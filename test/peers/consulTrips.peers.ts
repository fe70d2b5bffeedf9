import { consul } from '../../shared/connectors/consul/connector.ts';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import { hostOf } from '../conformance/cluster.ts';
import { type ConsulMeshUnderTest, consulTrips } from '../conformance/consulTrips.ts';
import { signal } from '../conformance/weights.ts';
import { consulShop } from './consulRun.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { consulTokens, shopPorts } from './start/consulShop.ts';
import { waitFor } from './start/processes.ts';

const addresses = { edge: 'http://10.201.1.1:5002/', order: 'http://10.201.2.1:5002/' } as const;

consulTrips('a real Consul mesh', startMesh);

/** The agent with its shop, asked through the sidecars' own listeners, and those sidecars as they admit it themselves. */
async function startMesh(): Promise<ConsulMeshUnderTest> {
  const peer = await consulShop();
  const openAs: ConsulMeshUnderTest['openAs'] = (user) =>
    consul.open(
      { address: peer.url, token: consulTokens[user], mayLeadTo: `10.201.0.0/16:${shopPorts.admin}` },
      hostOf(),
    );
  const session = await openAs('operator');
  const found = await session.offers?.find(signal);
  const offer = found?.offers.find(({ connector }) => connector === 'envoy');
  const proxies = await envoy.open(envoy.settings.parse(offer?.settings), hostOf(offer?.lent));
  return {
    openAs,
    call: (method, path, body) => peer.call(method, path, body),
    async ask(caller) {
      const answer = await fetch(addresses[caller]);
      const text = await answer.text();
      return answer.ok ? (JSON.parse(text) as { name: string }).name : `${answer.status} ${text}`;
    },
    async reached() {
      const answer = await fetch(`${peer.worldUrl}/_count`);
      const { counts } = (await answer.json()) as { counts: Record<string, { requests: number }> };
      return ['v1', 'v2'].reduce((sum, one) => sum + (counts[`payment-${one}`]?.requests ?? NaN), 0);
    },
    async proven(expectation) {
      await waitFor('every caller’s proxy to follow', { limitMs: 5_000 }, async () => {
        const proof = await proxies.proof?.loaded(expectation, 0, signal);
        return proof?.state === 'seen';
      });
    },
    reconnect: (caller) => peer.restartSidecar(`${caller}-v1-1`),
    note: (figure) => noteFigure(readCoordinates(), 'consul', `Consul mesh: ${figure}`),
    async [Symbol.asyncDispose]() {
      await proxies[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}
