import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operationsPage, strayTitles } from '../support/operationsTable.ts';
import { ways } from './everyOperation.ts';

test('docs/operations.md tells of every way of operating, and of no other', async () => {
  expect(strayTitles(ways)).toEqual([]);
  // `vitest -u` writes it anew.
  const file = join(import.meta.dirname, '../../docs/operations.md');
  await expect(await operationsPage(ways)).toMatchFileSnapshot(file);
});
