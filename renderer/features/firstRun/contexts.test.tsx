import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Candidate } from '../../../shared/model/connection.ts';
import { CandidateCard } from './CandidateCard.tsx';
import { fittingContexts, sayFound, sayNoContext } from './contexts.ts';

const context = (title: string, rest: Partial<Candidate> = {}): Candidate => ({
  connector: 'kubernetes',
  key: title,
  title,
  detail: `https://${title}.example.com:6443 as ana, from ~/.kube/config`,
  environment: 'other',
  current: false,
  problem: null,
  warnings: [],
  typed: null,
  ...rest,
});

test('what was found is said with how many are connected and how many cannot be opened', () => {
  const broken = context('old', { problem: 'client certificate not found' });
  const typed = context('dc1', { typed: { connector: 'consul', title: 'dc1', values: {}, secrets: [] } });
  const [eu, us] = [context('eu'), context('us')];
  expect(sayFound([eu], [eu])).toBe('1 context found.');
  expect(sayFound([eu, us, broken, typed], [us, broken])).toBe(
    '3 contexts found, 1 connected, 1 cannot be opened.',
  );
  expect(sayFound([eu, us], [])).toBe('2 contexts found, all connected.');
});

test('a context is found by parts of its name, server and user, in any order', () => {
  const all = [context('prod-eu'), context('prod-us'), context('dev')];
  const titles = (sought: string) => fittingContexts(all, sought).map(({ title }) => title);
  expect(titles('')).toEqual(['prod-eu', 'prod-us', 'dev']);
  expect(titles(' ANA  eu.example')).toEqual(['prod-eu']);
  expect(titles('nothing')).toEqual([]);
});

test('a hostile kubeconfig steers nothing and fills no page', () => {
  const hostile = context(`a\u202Eb${'x'.repeat(5000)}`, {
    detail: '\u200Bhttps://evil <img src=x onerror=alert(1)>',
    problem: `\u001b[31m${'y'.repeat(50_000)}`,
    warnings: ['\u2066runs a program'],
  });
  const html = renderToStaticMarkup(
    <CandidateCard
      candidate={hostile}
      opening={false}
      disabled={false}
      problem={null}
      onConnect={() => undefined}
    />,
  );
  expect(html).toContain('⟨U+202E⟩');
  expect(html).not.toMatch(/[\u202e\u200b\u2066\u001b]|<img/);
  expect(html.length).toBeLessThan(4_000);
});

test('a kubeconfig that nobody made yet is said as what it is, and not as a fault', () => {
  const words = sayNoContext({ problems: [], notes: ['No kubeconfig at ~/.kube/config.'] });
  expect(words).toMatch(/^No kubeconfig at ~\/\.kube\/config\./);
  expect(words).not.toMatch(/Mend/);
  expect(sayNoContext({ problems: ['a is empty'], notes: [] })).toMatch(/^No context was found\..*Mend/);
});
