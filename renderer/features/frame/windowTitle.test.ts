import { expect, test } from 'vitest';
import { windowTitle } from './windowTitle.ts';

test('the window is called by its clusters, production first, and says which may be written to', () => {
  expect(windowTitle([])).toBe('Podium');
  const dev = { title: 'dev', environment: 'other', locked: true } as const;
  const stage = { title: 'stage', environment: 'staging', locked: false } as const;
  const prod = { title: 'eu-prod', environment: 'production', locked: false } as const;
  expect(windowTitle([dev])).toBe('dev – Podium');
  expect(windowTitle([dev, stage, prod])).toBe(
    'eu-prod (production, unlocked), stage (staging, unlocked), dev – Podium',
  );
  expect(windowTitle([dev, dev, dev, dev, prod])).toBe(
    'eu-prod (production, unlocked), dev, dev, 2 more – Podium',
  );
});
