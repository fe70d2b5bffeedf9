import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { documentFindings } from './textFindings.ts';
import { restoredText } from './restoredText.ts';

const document = (kind: string, apiVersion: string) => ({
  connectionId: 'c1',
  apiVersion,
  kind,
  namespace: 'shop',
  name: 'order',
  uid: 'u1',
});
const yaml = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: order
  namespace: shop
  labels:
    app: order
spec:
  replicas: 6
  template:
    spec: { containers: [{ name: app, image: "order:2" }] }
`;

test('a version of the journal says again which document it is, so that it can be reviewed as it stands', () => {
  const map = { kind: 'configMap', document: document('ConfigMap', 'v1'), yaml: '', entries: [] } as const;
  const text = restoredText('metadata:\n  labels:\n    app: order\ndata:\n  LIMIT: "4"\n', map);
  expect(parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { labels: { app: 'order' }, name: 'order', namespace: 'shop' },
    data: { LIMIT: '4' },
  });
  const whole = {
    ...map,
    revision: '1',
    entries: [],
    immutable: false,
    reach: [],
    writers: [],
    readOnly: null,
  };
  expect(documentFindings(text, whole)).toEqual([]);
});

test('a recorded template takes the place of the one there is, and nothing else of the workload is lost', () => {
  const recorded = 'spec:\n  template:\n    spec: { containers: [{ name: app, image: "order:1" }] }\n';
  const text = restoredText(recorded, { document: document('Deployment', 'apps/v1'), yaml });
  expect(parse(text)).toEqual(parse(yaml.replace('order:2', 'order:1')));
});
