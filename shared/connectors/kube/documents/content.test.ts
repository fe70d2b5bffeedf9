import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { contentOf, contentYaml, readContent, touchedBy, withPlaces } from './content.ts';

const object = (spec: unknown, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: {
    name: 'payment',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '7',
    ...(annotations && { annotations }),
  },
  spec,
});

const back = (live: KubeObject, before: KubeObject, after: KubeObject): KubeObject =>
  withPlaces(live, contentOf(before), touchedBy(contentOf(before), contentOf(after)));

test('an undo takes away what was added with the maps around it that were not there', () => {
  const before = object({ host: 'payment' });
  const after = object({ host: 'payment', trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } } });
  expect(back(after, before, after)).toEqual(before);
});

test('an undo leaves what someone else added beside it', () => {
  const before = object({ host: 'payment' });
  const after = object({ host: 'payment', trafficPolicy: { outlierDetection: {} } });
  const live = object({
    host: 'payment',
    trafficPolicy: { outlierDetection: {}, connectionPool: { tcp: {} } },
  });
  expect(back(live, before, after)).toEqual(
    object({ host: 'payment', trafficPolicy: { connectionPool: { tcp: {} } } }),
  );
});

test('an undo keeps an empty map that was there before', () => {
  const before = object({ trafficPolicy: {} });
  const after = object({ trafficPolicy: { outlierDetection: { interval: '5s' } } });
  expect(back(after, before, after)).toEqual(before);
});

test('what programs note for themselves is not shown and not touched', () => {
  const noted = object({}, { 'kubectl.kubernetes.io/last-applied-configuration': '{}', owner: 'ana' });
  expect(contentYaml(contentOf(noted))).toBe('metadata:\n  annotations:\n    owner: ana\nspec: {}\n');
});

test('H06 a key named __proto__ is written as a key and changes no prototype', () => {
  const hostile = JSON.parse('{"data":{"__proto__":{"polluted":1},"a":"1"}}') as Record<string, unknown>;
  const made = withPlaces(object({}), hostile, touchedBy({}, hostile));
  expect(Object.keys(made['data'] as object)).toEqual(['__proto__', 'a']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

/** Trees of maps, as documents are; what an operator writes is never undefined or null. */
const { tree } = fc.letrec<{ tree: Record<string, unknown>; node: unknown }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('node'), { maxKeys: 4 }),
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('x', 'on', '0777', 1, true, '1e3'),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    tie('tree'),
  ),
}));

test('whatever was changed, an undo on the document as written restores it exactly, also from the journal’s text', () => {
  fc.assert(
    fc.property(tree, tree, (one, two) => {
      const [before, after] = [object(one), object(two)];
      const kept = readContent(contentYaml(contentOf(before)));
      const places = touchedBy(kept, readContent(contentYaml(contentOf(after))));
      expect(withPlaces(after, kept, places)).toEqual(before);
    }),
  );
});
