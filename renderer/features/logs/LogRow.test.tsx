import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { mostSpans } from '../../../shared/analysis/terminalText.ts';
import type { LogLine } from '../../../shared/model/log.ts';
import { isSameLine, LogLineRow } from './LogRow.tsx';

const line = (text: string): LogLine => ({
  kind: 'line',
  connectionId: 'c1',
  namespace: 'shop',
  instance: 'payment-1',
  container: 'app',
  at: null,
  stamp: '',
  text,
  missingChars: 0,
});

test('a hostile line is few elements, however often it changes its colour', () => {
  const hostile = line('\u001b[1ma\u001b[31mb'.repeat(400));
  const html = renderToStaticMarkup(<LogLineRow line={hostile} mark={null} previous={false} />);
  expect(html.match(/<span/g)?.length).toBeLessThan(mostSpans + 5);
});

test('a line is drawn again only when it looks different', () => {
  const one = line('one');
  const drawn = { line: one, mark: { name: 'v1-1', colour: 1 }, previous: false };
  expect(isSameLine(drawn, { ...drawn, mark: { name: 'v1-1', colour: 1 } })).toBe(true);
  expect(isSameLine(drawn, { ...drawn, mark: { name: 'v1-1', colour: 2 } })).toBe(false);
  expect(isSameLine(drawn, { ...drawn, mark: null })).toBe(false);
  expect(isSameLine(drawn, { ...drawn, line: line('one') })).toBe(false);
});

test('a line that says how bad it is has that tone, unless it brings colours of its own', () => {
  const html = (text: string) =>
    renderToStaticMarkup(<LogLineRow line={line(text)} mark={null} previous={false} />);
  expect(html('level=error x')).toContain('toneBad');
  expect(html('level=info x')).not.toContain('tone');
  expect(html('\u001b[32mERROR\u001b[0m x')).not.toContain('tone');
});
