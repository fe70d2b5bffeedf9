import { expect, test } from 'vitest';
import type { Change, PatchStep } from '../../model/change.ts';
import { declareIn } from './declare.ts';

const change = (patch: readonly PatchStep[]): Change => ({
  document: {
    connectionId: 'c1',
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'payment',
    uid: 'u1',
  },
  action: 'patch',
  revision: '7',
  patch: [{ op: 'test', path: '/metadata/resourceVersion', value: '7' }, ...patch],
  inverse: [],
  before: '',
  after: '',
  withheld: false,
});
const weights = change([
  { op: 'test', path: '/spec/http/0/route/0/weight', value: 70 },
  { op: 'replace', path: '/spec/http/0/route/0/weight', value: 95 },
  { op: 'replace', path: '/spec/http/0/route/1/weight', value: 5 },
]);
const file = `# the shop's payment
apiVersion: v1
kind: Service
metadata: { name: payment }
---
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata:
  name:   payment # odd blanks stay
spec:
  http:
    - route:
        - destination: {host: payment, subset: v1}
          weight: 70   # most
        - destination: {host: payment, subset: v2}
          weight: 30
`;

test('a weight is replaced where the file declares it, and not a blank elsewhere moves', () => {
  expect(declareIn(file, weights)).toEqual({
    declared: {
      text: file.replace('weight: 70   # most', 'weight: 95   # most').replace('weight: 30', 'weight: 5'),
      line: 14,
    },
  });
});

test('a file that says something else than the cluster had is not written over', () => {
  expect(declareIn(file.replace('weight: 70', 'weight: 80'), weights)).toEqual({
    problem: 'has something else than the cluster at /spec/http/0/route/0/weight: 80',
  });
});

test('a route is added with the comments of the document kept', () => {
  const found = declareIn(
    file,
    change([
      {
        op: 'add',
        path: '/spec/http/0',
        value: { name: 'grey', route: [{ destination: { host: 'payment' } }] },
      },
    ]),
  );
  const text = found !== null && 'declared' in found ? found.declared.text : '';
  expect(text).toContain("# the shop's payment");
  expect(text).toContain('# odd blanks stay');
  expect(text).toContain('    - name: grey\n');
  expect(text.indexOf('grey')).toBeLessThan(text.indexOf('weight: 70'));
});

test('another namespace, another name and a document of another group are not about it', () => {
  expect(declareIn(file.replace('name:   payment', 'name: ledger'), weights)).toBeNull();
  expect(
    declareIn(file.replace('name:   payment # odd', 'name: payment\n  namespace: other # odd'), weights),
  ).toBeNull();
  expect(declareIn(file.replace('networking.istio.io/v1beta1', 'example.com/v1'), weights)).toBeNull();
});

test('a template is named as one, never guessed at', () => {
  expect(
    declareIn('kind: VirtualService\nmetadata:\n  name: payment\nspec: {{ .Values.spec }}\n  a: [', weights),
  ).toEqual({
    problem: 'is a template, or no plain YAML',
  });
});
