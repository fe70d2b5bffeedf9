import { expect, test } from 'vitest';
import { countedWords } from './countedWords.ts';

test('where one source counts, nothing has to be said', () => {
  expect(countedWords(undefined)).toBeNull();
});

test('where several count, it is said whose figures are shown, why, and that the others are not added', () => {
  const counted = { by: 'Prometheus 2.53 · Linkerd metrics', evidence: 'mesh' as const, also: [] };
  expect(countedWords(counted)).toBe('Counted by proxies on their way (Linkerd metrics).');
  const graph = 'Prometheus 2.53 · OpenTelemetry service graph';
  expect(countedWords({ ...counted, also: [graph] })).toBe(
    'Counted by proxies on their way (Linkerd metrics). OpenTelemetry service graph also knows these calls; nothing is added.',
  );
});
