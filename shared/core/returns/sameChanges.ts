import type { Change } from '../../model/change.ts';
import type { Operation } from '../../model/operation.ts';
import type { Plan } from '../../model/plan.ts';
import type { OperationRecord } from '../../model/record.ts';

type Changes = Pick<Plan, 'changes'>;

/** Whether two plans, or two operations, write into one document. */
export function shareDocument(one: Changes, other: Changes): boolean {
  return one.changes.some((a) => other.changes.some((b) => placeOf(a) === placeOf(b)));
}

/**
 * The operation of a plan as it would be asked for now: what earlier changes of the set wrote to its document was seen by who
 * reviewed them together, and only what somebody else wrote is news.
 */
export function movedOn(
  { operation, changes }: Plan,
  written: readonly (OperationRecord | null)[],
): Operation {
  const [first] = changes;
  if (first === undefined) return operation;
  // The newest comes last. Of several documents only the first one's revision is known.
  const own = written.filter(
    (one) => one?.changes[0] !== undefined && placeOf(one.changes[0]) === placeOf(first),
  );
  const revision = own.at(-1)?.revisionAfter ?? null;
  if (revision === null) return operation;
  switch (operation.kind) {
    case 'setWeights':
      return operation.seen.revision === first.revision
        ? { ...operation, seen: { ...operation.seen, revision } }
        : operation;
    case 'setProtections':
    case 'setRouting':
    case 'editDocument':
    case 'changeWorkload':
      return operation.revision === first.revision ? { ...operation, revision } : operation;
    default:
      return operation;
  }
}

/**
 * Whether a plan that was made anew still says what was reviewed: the same values in the same places, and nothing that was not
 * asked then. A place in a list may move, where an earlier change put something before it. What a patch tests moves with the
 * document, and what it notes in the metadata (a trip's marker: when, by whom) with the plan, so both are left out.
 */
export function saysTheSame(reviewed: Plan, anew: Plan): boolean {
  return asksNoMore(reviewed, anew) && writesOf(reviewed) === writesOf(anew);
}

/**
 * Whether a way back that was made anew puts the documents back to what the record says was before. When it was reviewed,
 * later changes of the same set still stood beside what was written, so that its steps may have been others.
 */
export function leadsBack(reviewed: Plan, anew: Plan, record: OperationRecord | null): boolean {
  if (record === null || !asksNoMore(reviewed, anew) || anew.changes.length === 0) return false;
  return anew.changes.every((change) =>
    record.changes.some(
      (written) =>
        !written.withheld && placeOf(written) === placeOf(change) && written.before === change.after,
    ),
  );
}

function asksNoMore(reviewed: Plan, anew: Plan): boolean {
  if (anew.threeWay !== null) return false;
  const asked = new Set(reviewed.guards.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id));
  return anew.guards.every(({ id, verdict }) => verdict === 'pass' || asked.has(id));
}

/** Clusters that are compared hold documents of the same names. */
const placeOf = ({ document: { connectionId, kind, namespace, name } }: Change): string =>
  `${connectionId} ${kind} ${namespace ?? ''}/${name}`;

function writesOf({ changes }: Plan): string {
  return JSON.stringify(
    changes.map((change) => [
      placeOf(change),
      change.action,
      change.patch
        .filter(isMeant)
        .map(({ op, path, value }) => [op, path.replaceAll(/\/\d+(?=\/|$)/g, '/*'), value ?? null]),
    ]),
  );
}

const isMeant = ({ op, path }: Change['patch'][number]): boolean =>
  op !== 'test' && path !== '/metadata' && !path.startsWith('/metadata/');
