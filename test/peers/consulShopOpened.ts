import { consul } from '../../shared/connectors/consul/connector.ts';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import type { Proof, Session } from '../../shared/connectors/kit/connector.ts';
import type { Expectation } from '../../shared/model/change.ts';
import { hostOf } from '../conformance/cluster.ts';
import type { ConsulMeshUnderTest } from '../conformance/consulTrips.ts';
import { signal } from '../conformance/weights.ts';
import { consulShop } from './consulRun.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import type { ConsulPeer } from './start/consul.ts';
import { consulTokens, shopPorts } from './start/consulShop.ts';
import { waitFor } from './start/processes.ts';

/** Consul's shop with its Envoys, opened as the operator opens it. */
export interface OpenedShop extends AsyncDisposable {
  readonly peer: ConsulPeer;
  readonly session: Session;
  /** The admin endpoints of all sidecars. */
  readonly proxies: Session;
  /** Another session on the same Consul, as this user. */
  openAs(user: 'operator' | 'viewer'): Promise<Session>;
  /** What the callers' proxies say of it now. */
  loaded(expectation: Expectation): Promise<Proof>;
  /** Resolves when every caller's proxy follows. */
  proven(expectation: Expectation, limitMs?: number): Promise<void>;
  /** An entry as the leader has it, without what it notes for itself; null where there is none. */
  entry(path: string): Promise<unknown>;
  /** Calls payment through the sidecar of order: status, and who answered. */
  ask(options?: {
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }): Promise<string>;
}

export async function openShop(): Promise<OpenedShop> {
  const peer = await consulShop();
  const openAs = (user: 'operator' | 'viewer'): Promise<Session> =>
    consul.open(
      { address: peer.url, token: consulTokens[user], mayLeadTo: `10.201.0.0/16:${shopPorts.admin}` },
      hostOf(),
    );
  const session = await openAs('operator');
  const found = await session.offers?.find(signal);
  const offer = found?.offers.find(({ connector }) => connector === 'envoy');
  if (offer === undefined) throw new Error(`no proxy was offered: ${JSON.stringify(found?.absent)}`);
  const proxies = await envoy.open(envoy.settings.parse(offer.settings), hostOf(offer.lent));
  const loaded = async (expectation: Expectation): Promise<Proof> => {
    const proof = await proxies.proof?.loaded(expectation, Date.now(), signal);
    if (proof == null) throw new Error('Envoy says nothing of it');
    return proof;
  };
  return {
    peer,
    session,
    proxies,
    openAs,
    loaded,
    async proven(expectation, limitMs = 5_000) {
      let last = '';
      await waitFor('every caller’s proxy to follow', { limitMs }, async () => {
        const proof = await loaded(expectation);
        last = proof.detail;
        return proof.state === 'seen';
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${last}`, { cause: error });
      });
    },
    async entry(path) {
      const { status, text } = await peer.call('GET', `/v1/config/${path}?consistent`);
      if (status === 404) return null;
      const { ModifyIndex: _, Hash: _hash, ...rest } = JSON.parse(text) as Record<string, unknown>;
      return rest;
    },
    async ask({ path = '/', headers = {} } = {}) {
      const answer = await fetch(`http://10.201.2.1:5002${path}`, { headers });
      const text = await answer.text();
      if (!answer.ok) return `${answer.status} ${text}`;
      const { name, version } = JSON.parse(text) as { name: string; version: string };
      return `${name} ${version}`;
    },
    async [Symbol.asyncDispose]() {
      await proxies[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}

const addresses = { edge: 'http://10.201.1.1:5002/', order: 'http://10.201.2.1:5002/' } as const;

/** The shop as conformance suites ask for it: through the sidecars' own listeners. */
export async function startMesh(): Promise<ConsulMeshUnderTest> {
  const shop = await openShop();
  const { peer, openAs } = shop;
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
    proven: (expectation) => shop.proven(expectation),
    reconnect: (caller) => peer.restartSidecar(`${caller}-v1-1`),
    note: (figure) => noteFigure(readCoordinates(), 'consul', `Consul mesh: ${figure}`),
    [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose](),
  };
}
