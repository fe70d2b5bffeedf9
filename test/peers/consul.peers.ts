import { afterAll, beforeAll } from 'vitest';
import { anyTopology } from '../conformance/anyTopology.ts';
import { anyWeights } from '../conformance/anyWeights.ts';
import { startConsulPayment } from '../conformance/consulPayment.ts';
import { agentAlone } from './consulRun.ts';
import { consulTokens } from './start/consulShop.ts';
import type { ConsulPeer } from './start/consul.ts';

let peer: ConsulPeer;

beforeAll(async () => {
  peer = await agentAlone();
});
afterAll(() => peer[Symbol.asyncDispose]());

const start = () =>
  startConsulPayment({
    settings: { address: peer.url, token: consulTokens.operator },
    call: (method, path, body) => peer.call(method, path, body),
  });

anyTopology('a real Consul', start);
anyWeights('a real Consul', start);
