import { isDeepStrictEqual } from 'node:util';
import type { Change, Guard, PatchStep } from '../../../model/change.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { EntryKind } from '../api.ts';
import type { Entry } from '../entries.ts';
import { mayWrite } from '../permissions.ts';
import { yamlOf } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { refOf } from '../splits.ts';
import { serviceOf } from '../services.ts';
import type { Content } from './content.ts';

/** What is written of one entry: null before where it is made, null after where it goes. */
export interface Edit {
  readonly kind: EntryKind;
  readonly name: string;
  readonly before: Entry | null;
  readonly after: Content | null;
}

export function changeOf(registry: Registry, { kind, name, before, after }: Edit): Change {
  const was = before?.content ?? {};
  const now = after ?? {};
  const test: PatchStep[] =
    before === null ? [] : [{ op: 'test', path: '/ModifyIndex', value: before.modifyIndex }];
  return {
    document:
      before === null
        ? {
            connectionId: registry.host.connectionId,
            apiVersion: 'consul/config',
            kind,
            namespace: 'default',
            name,
            uid: '',
          }
        : refOf(registry, before),
    action: before === null ? 'create' : after === null ? 'delete' : 'patch',
    withheld: false,
    revision: before?.modifyIndex ?? '',
    patch: [...test, ...steps(was, now)],
    inverse: steps(now, was),
    before: before === null ? '' : yamlOf(before.content),
    after: after === null ? '' : yamlOf(after),
  };
}

function steps(from: Content, to: Content): PatchStep[] {
  const pointer = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const gone = Object.keys(from).filter((key) => !(key in to));
  const changed = Object.entries(to).filter(([key, value]) => !isDeepStrictEqual(from[key], value));
  return [
    ...gone.map((key): PatchStep => ({ op: 'remove', path: pointer(key) })),
    ...changed.map(([key, value]): PatchStep => ({
      op: key in from ? 'replace' : 'add',
      path: pointer(key),
      value,
    })),
  ];
}

/** Whether the token may write these entries, and whether somebody else would put them back. */
export async function guardsOf(
  registry: Registry,
  edits: readonly Edit[],
  signal: AbortSignal,
): Promise<Guard[]> {
  const answers = await Promise.all(
    edits.map(({ kind, name }) =>
      mayWrite(registry.api, kind === 'service-intentions' ? 'intention' : 'service', name, signal),
    ),
  );
  const names = edits.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const denied = edits.filter((_, index) => answers[index] === false).map(({ name }) => name);
  return [
    denied.length > 0
      ? guardOf(
          'access',
          'block',
          `Your token may not write ${denied.join(', ')}`,
          `Ask for a token that may write ${names}.`,
        )
      : answers.includes(null)
        ? guardOf(
            'access',
            'tick',
            'Consul did not say whether you may do this',
            'The write itself will tell.',
          )
        : guardOf('access', 'pass', `Your token may write ${names}`),
    ownershipGuard(registry, edits),
  ];
}

/** Consul on Kubernetes writes entries from its resources, and registers what runs there: both say so in their Meta. */
function ownershipGuard(registry: Registry, edits: readonly Edit[]): Guard {
  const isFromKubernetes = ({ meta }: { readonly meta: ReadonlyMap<string, string> }): boolean =>
    meta.get('external-source') === 'kubernetes';
  const owned = edits.find(({ before }) => before !== null && isFromKubernetes(before));
  if (owned !== undefined)
    return guardOf(
      'ownership',
      'tick',
      `${owned.kind} ${owned.name} is owned by Consul on Kubernetes`,
      'It is written from a resource in Kubernetes, and put back from there.',
    );
  const made = edits.find(
    ({ before, name }) =>
      before === null &&
      (registry.catalog.value?.instances ?? []).some((one) => one.service === name && isFromKubernetes(one)),
  );
  if (made !== undefined)
    return guardOf(
      'ownership',
      'tick',
      `${made.name} runs in Kubernetes, where its entries are usually resources`,
      `Consul on Kubernetes will not take over a ${made.kind} that was made here: a resource of that name then fails to sync.`,
    );
  return guardOf('ownership', 'pass', 'No controller is known to own these entries');
}

/** Routers, intentions on requests and limits on requests are of HTTP alone. */
export async function protocolGuards(
  registry: Registry,
  host: string,
  signal: AbortSignal,
): Promise<Guard[]> {
  const callee = serviceOf(registry, host) ?? '';
  const chain = (await registry.api.chain(callee, signal).catch(() => null)) as {
    readonly Chain?: { readonly Protocol?: string };
  } | null;
  const protocol = chain?.Chain?.Protocol;
  if (protocol === undefined)
    return [guardOf('protocol', 'tick', `It is not known which protocol ${callee} speaks`)];
  return protocol === 'tcp'
    ? [
        guardOf(
          'protocol',
          'block',
          `${callee} is declared as tcp`,
          'Requests cannot be told from connections there.',
        ),
      ]
    : [guardOf('protocol', 'pass', `${callee} speaks ${protocol}`)];
}
