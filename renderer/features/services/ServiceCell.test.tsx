import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { ServiceSignals } from '../../../shared/model/signals.ts';
import { useSignals } from '../../live/signals.ts';
import { ServiceCell } from './ServiceCell.tsx';

/** The Failed column of a service that is failing. */
function failed(errorRatio: number | null): string {
  const service = { id: 's1' } as GraphService; // The column reads figures by the id, and nothing else.
  useSignals.getState().services.set('s1', { errorRatio, health: 'failing' } as ServiceSignals);
  return renderToStaticMarkup(<ServiceCell service={service} column="failed" withPlace={false} />);
}

test('a share of failed calls has the colour of the health it is a reason for, none where it is nought or not known', () => {
  expect(failed(0.2)).toContain('toneBad');
  expect(failed(0)).not.toContain('tone');
  expect(failed(null)).not.toContain('tone');
});
