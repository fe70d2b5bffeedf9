import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { recordOf, rungOf } from '../../../test/support/records.ts';
import { Ladder } from './Ladder.tsx';
import { ReviewFooter } from './ReviewFooter.tsx';

const plan = {} as Plan; // What is sent is told by its record alone.

/** What stands below a plan that was sent. */
function below(record: OperationRecord): string {
  const footer = (
    <ReviewFooter
      flow={{ phase: 'sent', plan, operationId: record.id }}
      plan={plan}
      record={record}
      hindrance={null}
      now={0}
      onReplan={() => undefined}
      onApply={() => undefined}
    />
  );
  return renderToStaticMarkup(
    <>
      <Ladder record={record} />
      {footer}
    </>,
  ).replaceAll(/<[^>]*>/g, ' ');
}

const rungs = [rungOf('accepted', 'waiting'), rungOf('declared', 'waiting')];

test('of what was not written nothing is awaited, and nothing is said to go on', () => {
  const text = below(recordOf({ rungs, state: 'notWritten', error: 'Someone else changed it.' }));
  expect(text).not.toMatch(/Accepted|not there yet|does not stop it|follows on/);
  expect(text).toMatch(/Nothing was written.*Review it again.*Close/s);
});

test.each(['writing', 'unknown', 'partly', 'written'] as const)('what is %s is followed on', (state) => {
  const text = below(recordOf({ rungs, state }));
  expect(text).toMatch(/Accepted.*not there yet.*Closing this does not stop it; the journal follows on/s);
});
