import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ServiceCell } from './ServiceCell.tsx';
import type { ServiceRow } from './rows.ts';

/** The Failed column of a service that is failing. */
function failed(errorRatio: number | null): string {
  const row = { signals: { errorRatio, health: 'failing' } } as ServiceRow; // What this column reads is all there.
  return renderToStaticMarkup(<ServiceCell row={row} column="failed" withPlace={false} />);
}

test('a share of failed calls has the colour of the health it is a reason for, none where it is nought or not known', () => {
  expect(failed(0.2)).toContain('toneBad');
  expect(failed(0)).not.toContain('tone');
  expect(failed(null)).not.toContain('tone');
});
