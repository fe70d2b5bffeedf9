import type { IncomingHttpHeaders } from 'node:http';
import type { KubeUser } from './access.ts';
import type { ObjectAddress } from './paths.ts';
import type { Reply } from './reply.ts';
import type { Resource } from './resources.ts';
import type { ObjectStore } from './store.ts';
import type { Subject } from './status.ts';

/** One request for objects, allowed and ready to be answered. */
export interface ObjectCall {
  readonly method: string;
  readonly verb: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly address: ObjectAddress;
  readonly resource: Resource;
  readonly user: KubeUser;
  readonly store: ObjectStore;
  readonly reply: Reply;
  readonly now: () => number;
  /** The whole body; throws 413 above the real server's 3 MiB. */
  body(): Promise<Buffer>;
}

/** What a refusal of this call is about. */
export const subjectOf = (call: ObjectCall, name = call.address.name): Subject => ({
  group: call.address.group,
  resource: call.address.plural,
  ...(name === null ? {} : { name }),
});

/** The same by kind, as refusals by validation say it. */
export const kindSubjectOf = (call: ObjectCall, name = call.address.name): Subject => ({
  ...subjectOf(call, name),
  resource: call.resource.kind,
});

/** The namespace of the objects themselves: none for those that live in the cluster. */
export const namespaceOf = (call: ObjectCall): string | null =>
  call.resource.namespaced ? call.address.namespace : null;
