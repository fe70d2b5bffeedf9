import type { ConfigReach } from '../../../model/config.ts';
import { annotationsOf, at, type KubeObject, listAt, textAt } from '../../kube/objects.ts';
import { workloadRefOf } from '../workloads/kinds.ts';

/** How one workload reads one ConfigMap or Secret. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** "environment variable DB_URL of container app". */
  readonly how: string;
  readonly arrival: 'file' | 'restart';
  readonly why: string;
  /** The keys it reads; null for all. */
  readonly keys: readonly string[] | null;
  /** The pods start without it. */
  readonly optional: boolean;
}

const fixedAtStart = 'The environment of a process is fixed when it starts.';
const neverUpdated = 'A file mounted with subPath is never updated.';
const updated =
  'The kubelet updates the file within about a minute; whether the process reads it again is not known.';
const onlyAtStart = 'Init containers run once, before the others.';

/** Every ConfigMap and Secret that the pods of a workload read, in the order of the template. */
export function referencesOf(workload: KubeObject): readonly Reference[] {
  const spec = at(workload, 'spec', 'template', 'spec');
  const containers = [
    ...listAt(spec, 'initContainers').map((one) => ({ one, init: isInit(one) })),
    ...listAt(spec, 'containers').map((one) => ({ one, init: false })),
  ];
  return [
    ...containers.flatMap(({ one }) => environmentOf(one)),
    ...listAt(spec, 'volumes').flatMap((volume) =>
      sourcesOf(volume).flatMap((source) => mountsOf(textAt(volume, 'name') ?? '', source, containers)),
    ),
  ];
}

/** A sidecar is an init container that goes on running. */
const isInit = (container: unknown): boolean => textAt(container, 'restartPolicy') !== 'Always';

function environmentOf(container: unknown): Reference[] {
  const who = `container ${textAt(container, 'name') ?? ''}`;
  const base = { arrival: 'restart', why: fixedAtStart } as const;
  const single = listAt(container, 'env').flatMap((one): Reference[] => {
    const how = `environment variable ${textAt(one, 'name') ?? ''} of ${who}`;
    return both(at(one, 'valueFrom'), 'configMapKeyRef', 'secretKeyRef', 'name').map(
      ({ source, ...found }) => ({
        ...base,
        ...found,
        how,
        keys: [textAt(source, 'key') ?? ''],
      }),
    );
  });
  const whole = listAt(container, 'envFrom').flatMap((one): Reference[] => {
    const prefix = textAt(one, 'prefix');
    const how = `environment of ${who}${prefix === null ? '' : `, each name with ${prefix} before it`}`;
    return both(one, 'configMapRef', 'secretRef', 'name').map(({ source: _, ...found }) => ({
      ...base,
      ...found,
      how,
      keys: null,
    }));
  });
  return [...single, ...whole];
}

interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly optional: boolean;
  readonly source: unknown;
}

function sourcesOf(volume: unknown): Source[] {
  const projected = listAt(volume, 'projected', 'sources').flatMap((one) =>
    both(one, 'configMap', 'secret', 'name'),
  );
  const secret = at(volume, 'secret');
  const name = textAt(secret, 'secretName');
  return [
    ...both({ configMap: at(volume, 'configMap') }, 'configMap', 'secret', 'name'),
    ...(name === null
      ? []
      : [{ kind: 'Secret' as const, name, optional: at(secret, 'optional') === true, source: secret }]),
    ...projected,
  ];
}

function both(from: unknown, configMap: string, secret: string, field: string): Source[] {
  return (
    [
      ['ConfigMap', at(from, configMap)],
      ['Secret', at(from, secret)],
    ] as const
  ).flatMap(([kind, source]) => {
    const name = textAt(source, field);
    return name === null ? [] : [{ kind, name, optional: at(source, 'optional') === true, source }];
  });
}

function mountsOf(
  volume: string,
  { kind, name, optional, source }: Source,
  containers: readonly { readonly one: unknown; readonly init: boolean }[],
): Reference[] {
  const items = listAt(source, 'items').flatMap((item) => textAt(item, 'key') ?? []);
  const base = { kind, name, optional, keys: items.length === 0 ? null : items };
  return containers.flatMap(({ one, init }) =>
    listAt(one, 'volumeMounts')
      .filter((mount) => textAt(mount, 'name') === volume)
      .map((mount): Reference => {
        const subPath = textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr');
        const path = textAt(mount, 'mountPath') ?? '';
        const how = `container ${textAt(one, 'name') ?? ''}: mounted at ${path}${subPath === null ? '' : ` (subPath ${subPath})`}`;
        if (init) return { ...base, how, arrival: 'restart', why: onlyAtStart };
        return subPath === null
          ? { ...base, how, arrival: 'file', why: updated }
          : { ...base, how, arrival: 'restart', why: neverUpdated };
      }),
  );
}

/** The annotation by which a controller restarts the workload when this changes; null where none asks for it. */
export function reloadedBy(workload: KubeObject, kind: Reference['kind'], name: string): string | null {
  const what = kind === 'ConfigMap' ? 'configmap' : 'secret';
  const template = at(workload, 'spec', 'template');
  // Both places are read: by Stakater Reloader the workload's, by its older versions the template's too.
  const all = new Map([
    ...annotationsOf({ ...workload, metadata: { ...workload.metadata, ...metadataOf(template) } }),
    ...annotationsOf(workload),
  ]);
  for (const key of ['reloader.stakater.com/auto', `${what}.reloader.stakater.com/auto`])
    if (all.get(key) === 'true') return `${key}: "true"`;
  const listed = all.get(`${what}.reloader.stakater.com/reload`);
  const names = (listed ?? '').split(',').map((one) => one.trim());
  return names.includes(name) ? `${what}.reloader.stakater.com/reload: ${listed ?? ''}` : null;
}

const metadataOf = (template: unknown): object => {
  const metadata = at(template, 'metadata');
  return typeof metadata === 'object' && metadata !== null
    ? { annotations: at(metadata, 'annotations') }
    : {};
};

/** How a document reaches the processes of one workload. */
export function reachOf(workload: KubeObject, kind: string, name: string): ConfigReach[] {
  const ref = workloadRefOf(workload);
  if (ref === null) return [];
  return referencesOf(workload)
    .filter((one) => one.kind === kind && one.name === name)
    .map(({ kind: of, how, arrival, why }) => {
      const annotation = reloadedBy(workload, of, name);
      return annotation === null
        ? { workload: ref, how, arrival, why }
        : {
            workload: ref,
            how,
            arrival: 'hot' as const,
            why: `The annotation ${annotation} has it restarted by itself when this changes, where Reloader runs.`,
          };
    });
}
