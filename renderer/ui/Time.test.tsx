import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tellTimesIn } from './format.ts';
import { Time } from './Time.tsx';

beforeEach(() => {
  tellTimesIn('UTC');
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 18, 0) });
});
afterEach(() => {
  tellTimesIn('');
  vi.useRealTimers();
});

test('a moment of another day is told with its day, one of today by its clock alone', () => {
  const march = renderToStaticMarkup(<Time at={Date.UTC(2026, 2, 3, 14, 9)} />);
  expect(march).toContain('>3 Mar 2026, 14:09</time>');
  expect(renderToStaticMarkup(<Time at={Date.UTC(2026, 10, 22, 14, 9)} />)).toContain('>14:09</time>');
});
