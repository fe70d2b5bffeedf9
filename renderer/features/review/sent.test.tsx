import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import type { HoldState, WatchState } from '../../../shared/model/watch.ts';
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

test.each(['writing', 'unknown', 'written'] as const)('what is %s is followed on', (state) => {
  const text = below(recordOf({ rungs, state }));
  expect(text).toMatch(/Accepted.*not there yet.*Closing this does not stop it; the journal follows on/s);
});

test.each(['unknown', 'partly', 'written'] as const)('what is %s and over is not said to go on', (state) => {
  const seen = [rungOf('accepted', 'seen', 'the API server took it'), rungOf('declared', 'waiting')];
  const text = below(recordOf({ rungs: seen, state, finishedAt: 1 }));
  expect(text).toMatch(/Accepted.*Podium follows it no further; the journal keeps what was seen/s);
  expect(text).not.toMatch(/Declared|not there yet|does not stop it|follows on/);
});

test('what is over and still watched, or held for its time, says that this goes on', () => {
  const over = (rest: Partial<OperationRecord>) =>
    below(recordOf({ state: 'written', finishedAt: 1, ...rest }));
  const watch: WatchState = {
    request: { forSeconds: 60, conditions: [] },
    serviceId: null,
    startedAt: 0,
    endsAt: 60_000,
    endsAtMoment: null,
    state: 'watching',
    note: '',
    readings: [],
    returnedBy: null,
  };
  const hold: HoldState = {
    until: 60_000,
    untilMoment: null,
    state: 'held',
    note: '',
    endedBy: null,
    leftBy: null,
    attempts: 0,
  };
  expect(over({ watch })).toMatch(/does not stop the watch/);
  expect(over({ watch: { ...watch, state: 'passed' } })).toMatch(/follows it no further/);
  expect(over({ hold })).toMatch(/does not end it/);
  expect(over({ hold: { ...hold, state: 'ended' } })).toMatch(/follows it no further/);
});
