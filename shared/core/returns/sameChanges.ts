import type { Change } from '../../model/change.ts';
import type { Plan } from '../../model/plan.ts';

type Changes = Pick<Plan, 'changes'>;

/** Whether two plans, or two operations, write into one document. */
export function shareDocument(one: Changes, other: Changes): boolean {
  return one.changes.some((a) => other.changes.some((b) => placeOf(a) === placeOf(b)));
}

/**
 * Whether a plan that was made anew still says what was reviewed: the same values in the same places, and nothing that was not
 * asked then. What a patch tests moves with the document, and what it notes in the metadata (a trip's marker: when, by whom)
 * with the plan, so both are left out.
 */
export function saysTheSame(reviewed: Plan, anew: Plan): boolean {
  if (anew.threeWay !== null) return false;
  const asked = new Set(reviewed.guards.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id));
  if (anew.guards.some(({ id, verdict }) => verdict !== 'pass' && !asked.has(id))) return false;
  return writesOf(reviewed) === writesOf(anew);
}

const placeOf = ({ document: { kind, namespace, name } }: Change): string =>
  `${kind} ${namespace ?? ''}/${name}`;

function writesOf({ changes }: Plan): string {
  return JSON.stringify(
    changes.map((change) => [
      placeOf(change),
      change.action,
      change.patch.filter(isMeant).map(({ op, path, value }) => [op, path, value ?? null]),
    ]),
  );
}

const isMeant = ({ op, path }: Change['patch'][number]): boolean =>
  op !== 'test' && path !== '/metadata' && !path.startsWith('/metadata/');
