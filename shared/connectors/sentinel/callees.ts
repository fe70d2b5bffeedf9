import type { Fleet, Member } from './fleet.ts';
import { calleeOfResource } from './resourceNames.ts';

/** Resources of an application by which it calls another one. */
export interface OutgoingResource {
  readonly application: string;
  readonly resource: string;
  readonly callee: string;
}

/** Every resource that is named after another service; `services` are those that are known. */
export function outgoing(fleet: Fleet): OutgoingResource[] {
  const apps = fleet.apps();
  return apps.flatMap((application) =>
    resourcesOf(fleet.of(application)).flatMap((resource) => {
      const callee = calleeOfResource(
        resource,
        apps.filter((app) => app !== application),
      );
      return callee === null ? [] : [{ application, resource, callee }];
    }),
  );
}

/** Resources of an application by which it calls this service, which need be no application of Sentinel's. */
export const resourcesTo = (members: readonly Member[], callee: string): string[] =>
  resourcesOf(members).filter((resource) => calleeOfResource(resource, [callee]) !== null);

/** Resources that are entered when a request comes in. */
export function incoming(members: readonly Member[]): string[] {
  const outermost = new Set(members.flatMap(({ nesting }) => [...(nesting?.outermost ?? [])]));
  return resourcesOf(members).filter((resource) => outermost.has(resource));
}

/** Everything that any instance was called for yet. */
export const resourcesOf = (members: readonly Member[]): string[] =>
  [...new Set(members.flatMap(({ figures }) => [...(figures?.keys() ?? [])]))].sort();
