import type { EditDocument, Operation } from '../../../shared/model/operation.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import type { CanaryOutlook, WatchRequest } from '../../../shared/model/watch.ts';
import type { ConsoleClient } from '../../client/link.ts';
import { discardConfigDraft, editOf, useConfigDrafts } from '../../state/configDrafts.ts';
import { discardDraft, draftOf } from '../../state/drafts.ts';
import { discardPending, usePending } from '../../state/pending.ts';
import type { ReviewRequest } from '../../state/review.ts';
import type { Confirmation } from './applyGate.ts';
import { codeOf } from './reviewFlow.ts';

/** A plan, and of a guided canary what its later steps will do. */
export interface Planned {
  readonly plan: Plan;
  readonly steps: readonly CanaryOutlook[];
}

/** What is said with Apply. */
export interface Word {
  readonly confirmation: Confirmation;
  readonly reason: string;
  readonly watch: WatchRequest | null;
  /** Takes the change back after so long; null keeps it. */
  readonly expireSeconds: number | null;
}

/** Has the console plan what is asked for; with an operation, that one instead. */
export async function planOf(
  client: ConsoleClient,
  request: ReviewRequest,
  operation: Operation | null,
): Promise<Planned> {
  // The steps of a canary rest on the split as it is now, whatever was planned before.
  if (request.kind === 'canary') return client.canaries.plan({ request: request.request });
  if (request.kind === 'finishCanary')
    return { plan: await client.canaries.planFinish({ canaryId: request.canaryId }), steps: [] };
  return { plan: await planOne(client, request, operation), steps: [] };
}

async function planOne(
  client: ConsoleClient,
  request: Exclude<ReviewRequest, { kind: 'canary' | 'finishCanary' }>,
  operation: Operation | null,
): Promise<Plan> {
  const reason = request.kind === 'plan' ? (request.reason ?? '') : '';
  if (operation) return client.operations.plan({ operation, reason });
  switch (request.kind) {
    case 'plan':
      return client.operations.plan({ operation: request.operation, reason });
    case 'endTrip':
      return planEnd(client, request.trip);
    case 'undo':
      return client.operations.planUndo({ operationId: request.operationId });
  }
}

/** Has the console apply a plan; answers with the operation to follow. */
export async function applyOf(
  client: ConsoleClient,
  request: ReviewRequest,
  plan: Plan,
  { confirmation: { ticked, typedName }, reason, watch, expireSeconds }: Word,
): Promise<string> {
  const word = {
    planId: plan.id,
    reason,
    ticked: [...ticked],
    typedName: typedName === '' ? null : typedName,
  };
  if (request.kind === 'finishCanary') {
    const { operationId } = await client.canaries.finish({ ...word, canaryId: request.canaryId });
    return operationId;
  }
  if (request.kind === 'canary') {
    const { canaryId } = await client.canaries.start({ ...word, request: request.request });
    return firstOperationOf(client, canaryId);
  }
  const { operationId } = await client.operations.apply({ ...word, watch, expireSeconds });
  return operationId;
}

async function firstOperationOf(client: ConsoleClient, canaryId: string): Promise<string> {
  const stop = new AbortController();
  try {
    for await (const canaries of await client.canaries.watch(undefined, { signal: stop.signal })) {
      const operationId = canaries.find(({ id }) => id === canaryId)?.operationIds[0];
      if (operationId !== undefined) return operationId;
    }
  } finally {
    stop.abort();
  }
  throw new Error('The canary was started, and nothing more was heard of it.');
}

/** A trip of our own is taken back as the journal has it; one of another Podium is ended by what its document says. */
async function planEnd(client: ConsoleClient, trip: HeldTrip): Promise<Plan> {
  const { operationId, connectionId, id, calleeId } = trip;
  const end = { kind: 'endTrip', connectionId, tripId: id, serviceId: calleeId } as const;
  try {
    return await client.operations.planUndo({ operationId });
  } catch (error) {
    if (codeOf(error) !== 'REFUSED') throw error;
    return client.operations.plan({ operation: end });
  }
}

/** What was asked for is no longer pending; a draft that has moved on since stays. */
export function dropDraftsOf({ operation }: Pick<Plan, 'operation'>): void {
  const asked = JSON.stringify(operation);
  for (const change of usePending.getState().changes)
    if (JSON.stringify(change.operation) === asked) discardPending(change.id);
  if (operation.kind === 'editDocument') dropEdit(operation);
  if (operation.kind !== 'setWeights') return;
  const split = { connectionId: operation.connectionId, id: operation.splitId };
  const draft = draftOf(split);
  if (draft?.weights.every((weight, index) => weight === operation.weights[index])) discardDraft(split);
}

function dropEdit(operation: EditDocument): void {
  for (const draft of Object.values(useConfigDrafts.getState().byDocument)) {
    const { edit, document } = editOf(draft, operation.restart);
    const isSame =
      document.connectionId === operation.connectionId && document.uid === operation.document.uid;
    if (isSame && JSON.stringify(edit) === JSON.stringify(operation.edit)) discardConfigDraft(draft.seen);
  }
}
