import type { Permission } from '../model/connection.ts';

/** Something that is about to be offered: what would be done to which kind of document, where. */
export interface RightAsked {
  readonly verb: 'patch' | 'create' | 'delete' | 'get';
  /** The document's kind, with a part of it: "Deployment", "Pod/log". */
  readonly kind: string;
  readonly namespace: string | null;
}

/**
 * The answer that forbids it, null where it is allowed or was never asked. A question asked for everywhere counts for a
 * namespace only where none was asked for that one: who may not do it everywhere may still do it here.
 */
export function deniedRight(
  permissions: readonly Permission[],
  { verb, kind, namespace }: RightAsked,
): Permission | null {
  const alike = permissions.filter(
    (each) => each.verb === verb && each.resource.split('.')[0] === resourceOf(kind),
  );
  const here = alike.filter((each) => each.namespace === namespace);
  const answers = here.length > 0 ? here : alike.filter((each) => each.namespace === null);
  if (answers.some(({ allowed }) => allowed !== false)) return null;
  const [denied] = answers;
  return denied === undefined ? null : { ...denied, namespace: denied.namespace ?? namespace };
}

/** "You may not patch deployments in shop". */
export function deniedInWords({ verb, resource, namespace }: Permission): string {
  return `You may not ${verb} ${resource}${namespace === null ? '' : ` in ${namespace}`}.`;
}

/** Plural in lower case, as the API groups name them. */
function resourceOf(kind: string): string {
  const [whole = '', part] = kind.split('/');
  if (part !== undefined) return `${resourceOf(whole)}/${part}`;
  const lower = kind.toLowerCase();
  if (lower.endsWith('y') && !/[aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return lower.endsWith('s') ? `${lower}es` : `${lower}s`;
}
