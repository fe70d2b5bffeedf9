import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import { splitOf } from '../../../test/support/splits.ts';
import { answerTargets } from './answerTargets.ts';

const service = (connectionId: string, namespace: string, name: string, rest: Partial<GraphService> = {}) =>
  ({
    id: `${connectionId}/${namespace}/${name}`,
    connectionId,
    kind: 'service',
    name,
    namespace,
    hosts: [`${name}.${connectionId}`],
    ...rest,
  }) as GraphService; // The parts that are looked at.
const inConsul = {
  serviceId: 'dc2/default/payment',
  connectionId: 'dc2',
  system: 'Consul dc2',
  name: 'payment',
  namespace: 'default',
  hosts: ['payment.dc2'],
  readyInstances: null,
  desiredInstances: null,
  versions: [],
  reason: null,
};
const payment = service('east', 'shop', 'payment', { faces: [inConsul] });

test('who answers instead is known to the system that the trip goes through, by the name that it has there', () => {
  const both = service('east', 'shop', 'order', {
    faces: [{ ...inConsul, serviceId: 'dc2/default/order', name: 'order', hosts: ['order.dc2'] }],
  });
  const others = [payment, both, service('east', 'shop', 'cart'), service('dc2', 'default', 'loyalty')];
  expect(answerTargets(inConsul, others, []).map(({ fallback }) => fallback.host)).toEqual([
    'loyalty.dc2',
    'order.dc2',
  ]);
});

test('a version answers only where its host is the service’s in that system', () => {
  const splits = [splitOf([70, 30])];
  expect(answerTargets(inConsul, [], splits)).toEqual([]);
  const inEast = { ...inConsul, connectionId: 'east', hosts: ['payment'] };
  expect(answerTargets(inEast, [], splits).map(({ title }) => title)).toEqual(['payment v1', 'payment v2']);
});
