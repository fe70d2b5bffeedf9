import { afterAll, beforeAll } from 'vitest';
import { allRules } from '../../shared/rehearsal/consul/access.ts';
import { startConsul, type ConsulServer } from '../../shared/rehearsal/consul/server.ts';
import { createState } from '../../shared/rehearsal/consul/state.ts';
import { anyTopology } from './anyTopology.ts';
import { anyWeights } from './anyWeights.ts';
import { type ConsulUnderTest, startConsulPayment } from './consulPayment.ts';

const secret = 'for these tests only';
let server: ConsulServer;

beforeAll(async () => {
  const state = createState('dc1');
  state.putNode({
    ID: '7b3e5a52-8f0e-4a57-a1a4-0d3a3f8a6f11',
    Node: 'n1',
    Address: '127.0.0.1',
    TaggedAddresses: {},
    Meta: {},
  });
  const operator = {
    accessor: '5d0a2c66-6f0c-4b3c-9a1e-3a5b0a1f7c22',
    description: 'operator',
    rules: allRules,
  };
  server = await startConsul(state, new Map([[secret, operator]]));
});
afterAll(() => server.close());

const start = () => {
  const under: ConsulUnderTest = {
    settings: { address: server.url, token: secret },
    async call(method, path, body) {
      const answer = await fetch(server.url + path, {
        method,
        headers: { 'x-consul-token': secret },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text() };
    },
  };
  return startConsulPayment(under);
};

anyTopology('the simulated Consul', start);
anyWeights('the simulated Consul', start);
