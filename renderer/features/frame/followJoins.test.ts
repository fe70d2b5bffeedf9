import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useTopology } from '../../live/topology.ts';
import { selectCall, selectService, useSelection } from '../../state/selection.ts';
import { followJoins } from './followJoins.ts';

// Of a service, nothing but its being there is read.
const onMap = (...ids: readonly string[]) => new Map(ids.map((id) => [id, {} as GraphService]));
let stop = (): void => undefined;

beforeEach(() => {
  useTopology.setState({ services: onMap('k8s/order'), nodes: new Map() });
  stop = followJoins();
});
afterEach(() => stop());

test('a selected service stays selected when its node goes by another system’s id', () => {
  selectService('k8s/order');
  useTopology.setState({
    services: onMap('dc2/order'),
    nodes: new Map([
      ['k8s/order', 'dc2/order'],
      ['dc2/order', 'dc2/order'],
    ]),
  });
  expect(useSelection.getState().selected).toEqual({ kind: 'service', id: 'dc2/order' });
});

test('one that is gone from all systems stays what was selected, and so does a call', () => {
  selectService('k8s/order');
  useTopology.setState({ services: onMap('dc2/payment'), nodes: new Map([['dc2/payment', 'dc2/payment']]) });
  expect(useSelection.getState().selected).toEqual({ kind: 'service', id: 'k8s/order' });
  selectCall('k8s/order→k8s/payment');
  useTopology.setState({ nodes: new Map([['k8s/order→k8s/payment', 'dc2/payment']]) });
  expect(useSelection.getState().selected).toEqual({ kind: 'call', id: 'k8s/order→k8s/payment' });
});
