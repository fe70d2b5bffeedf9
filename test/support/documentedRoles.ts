import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The files of docs/roles/ that are bound in each namespace, without their ending. */
export const roleNames = ['read', 'logs', 'weights', 'trips', 'workloads', 'config'] as const;
export type RoleName = (typeof roleNames)[number];

/** Those for what only some clusters have; suites about these bind them beside the roles above that they need. */
type SpecialRole =
  | 'alertmanager'
  | 'certificates'
  | 'gateway-api'
  | 'linkerd'
  | 'rollouts'
  | 'proxies'
  | 'prometheus'
  | 'notes';
export type DocumentedRole = RoleName | SpecialRole;

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The rules of a documented role, as they stand in the documentation. */
export function documentedRules(role: DocumentedRole): readonly Rule[] {
  const file = join(import.meta.dirname, `../../docs/roles/${role}.yaml`);
  return (parse(readFileSync(file, 'utf8')) as { readonly rules: readonly Rule[] }).rules; // our own file
}

/** "patch virtualservices.networking.istio.io". */
export const sayRight = (verb: string, group: string, resource: string): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`;

/** Every right that a documented role grants, one by one. */
export const grantsOf = (role: DocumentedRole): readonly string[] =>
  documentedRules(role).flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => sayRight(verb, group, resource))),
    ),
  );
