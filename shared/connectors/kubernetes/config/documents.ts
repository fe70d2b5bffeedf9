import type { ConfigDocument } from '../../../model/config.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { refOf } from '../../kube/documents/change.ts';
import type { Seen } from '../../kube/documents/seen.ts';
import { wholeText, writersOf } from '../../kube/documents/wholeText.ts';
import { at, type KubeObject, namespaceOf } from '../../kube/objects.ts';
import { configMaps, secrets } from '../../kube/resources.ts';
import { findWorkloads } from '../workloads/find.ts';
import { workloadRefOf } from '../workloads/kinds.ts';
import { entriesOfConfigMap, entriesOfEnvironment, entriesOfSecret } from './entries.ts';
import { type Reference, reachOf, referencesOf } from './references.ts';

/** What configures a service: the ConfigMaps and Secrets that its pods read, and the environment in their templates. */
export async function readConfiguration(
  client: KubeClient,
  connectionId: string,
  seen: Seen,
  key: ServiceKey,
  signal: AbortSignal,
): Promise<readonly ConfigDocument[]> {
  const found = await findWorkloads(client, key, signal);
  if (found === null) return [];
  const { workloads } = found;
  const namespace = namespaceOf(found.service);
  const named = new Map<string, Reference>();
  for (const reference of workloads.flatMap(referencesOf)) {
    const same = named.get(`${reference.kind}/${reference.name}`);
    if (same === undefined || same.optional) named.set(`${reference.kind}/${reference.name}`, reference);
  }
  const read = await Promise.all(
    [...named.values()].map((one) => readOne(client, connectionId, seen, namespace, one, workloads, signal)),
  );
  return [...read.flat(), ...workloads.flatMap((one) => environmentOf(connectionId, seen, one))];
}

async function readOne(
  client: KubeClient,
  connectionId: string,
  seen: Seen,
  namespace: string,
  { kind, name, optional }: Reference,
  workloads: readonly KubeObject[],
  signal: AbortSignal,
): Promise<ConfigDocument[]> {
  const reach = workloads.flatMap((one) => reachOf(one, kind, name));
  const isSecret = kind === 'Secret';
  const base = {
    kind: isSecret ? ('secret' as const) : ('configMap' as const),
    reach,
  };
  try {
    const object = await client.object(isSecret ? secrets : configMaps, namespace, name, signal);
    const immutable = at(object, 'immutable') === true;
    if (!isSecret) seen.note(object);
    return [
      {
        ...base,
        document: refOf(connectionId, object),
        revision: object.metadata.resourceVersion,
        entries: isSecret ? entriesOfSecret(object) : entriesOfConfigMap(object),
        yaml: isSecret ? null : wholeText(object),
        immutable,
        writers: writersOf(object).map(({ who, at: when }) => ({ who, at: when })),
        readOnly: immutable
          ? `It is immutable: make another one under a new name, and have the workload read that.`
          : null,
      },
    ];
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    if (error.kind === 'notFound' && optional) return [];
    if (error.kind !== 'notFound' && error.kind !== 'forbidden') throw error;
    return [
      {
        ...base,
        document: { connectionId, apiVersion: 'v1', kind, namespace, name, uid: '' },
        revision: '',
        entries: [],
        yaml: null,
        immutable: false,
        writers: [],
        readOnly:
          error.kind === 'forbidden'
            ? `You may not read it: ask for the verb “get” on ${isSecret ? 'secrets' : 'configmaps'}.`
            : `There is no ${kind} of this name: new pods that read it do not start.`,
      },
    ];
  }
}

function environmentOf(connectionId: string, seen: Seen, workload: KubeObject): ConfigDocument[] {
  const ref = workloadRefOf(workload);
  if (ref === null) return [];
  seen.note(workload);
  return [
    {
      document: refOf(connectionId, workload),
      revision: workload.metadata.resourceVersion,
      kind: 'environment',
      entries: entriesOfEnvironment(workload),
      yaml: wholeText(workload),
      immutable: false,
      reach: [
        {
          workload: ref,
          how: 'the environment in its pod template',
          arrival: 'restart',
          why: 'A changed template has all instances replaced; no restart needs to be asked for.',
        },
      ],
      writers: writersOf(workload).map(({ who, at: when }) => ({ who, at: when })),
      readOnly: null,
    },
  ];
}
