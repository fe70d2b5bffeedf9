import { parse } from 'yaml';
import { validateWeights } from '../../analysis/weights.ts';
import type { Change } from '../../model/change.ts';
import type { SetWeights } from '../../model/operation.ts';
import type { Split } from '../../model/weights.ts';
import type { DeclaredControl, PlannedWrite, ReadBack, Receipt } from '../kit/control.ts';
import { PeerError } from '../kit/peerError.ts';
import { mayBeFence } from '../kube/client.ts';
import { at, type KubeObject, readObject } from '../kube/objects.ts';
import type { Mesh } from './mesh.ts';
import { changedByOf } from '../kube/documents/ownership.ts';
import { refuseNonsense, sayWeights } from '../kit/splitGuards.ts';
import { createSplitMemory, type Seen } from '../kit/splitMemory.ts';
import { planWrite } from './plan.ts';
import { routeFingerprint, routesOf, splitIdOf } from './routes.ts';
import { readSplits } from './splits.ts';
import { sameSpec } from './weightPatch.ts';

const settleMs = 100;

/** Splits of VirtualServices, and the one way in which their weights are written: JSON Patch with tests. */
export function createWeights(mesh: Mesh): DeclaredControl<SetWeights, Split> {
  const memory = createSplitMemory();

  const current = (): readonly Split[] => {
    for (const document of mesh.virtualServices.all()) {
      const routes = routesOf(document);
      for (const route of routes)
        memory.remember(splitIdOf(document, route, routes), document.metadata.resourceVersion, () =>
          routeFingerprint(route),
        );
    }
    return readSplits(mesh);
  };

  const find = async (splitId: string, signal: AbortSignal): Promise<Split> => {
    await mesh.ready(signal);
    const split = current().find((one) => one.id === splitId);
    if (split !== undefined) return split;
    throw new PeerError(
      'notFound',
      'This split is gone: its document or its route no longer exists. Look at the map again.',
    );
  };

  const documentOf = async (change: Change, signal: AbortSignal): Promise<KubeObject> => {
    const { connectionId, namespace, name } = change.document;
    // A plan belongs to the cluster it was made on, whatever is selected meanwhile.
    if (connectionId !== mesh.host.connectionId)
      throw new PeerError(
        'refused',
        'This change was planned on another connection; nothing is written here.',
      );
    return await mesh.client.object(mesh.resources.virtualServices, namespace, name, signal);
  };

  return {
    watch: (signal, onState) =>
      mesh.follow(
        {
          settleMs,
          read() {
            const splits = current();
            // Before the first list there are no splits to speak of, and none is not what the peer said.
            return mesh.virtualServices.synced ? splits : null;
          },
          content: (splits) => splits,
        },
        () => onState(mesh.virtualServices.health),
        signal,
      ),

    async plan(operation, signal) {
      const shown = await find(operation.splitId, signal);
      refuseNonsense(shown, operation.weights, validateWeights);
      const seen: Seen = {
        ...operation.seen,
        fingerprint: memory.recall(operation.splitId, operation.seen.revision),
      };
      return await planWrite(mesh, shown, operation.weights, seen, signal);
    },

    async planUndo(operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const shown = await find(operation.splitId, signal);
      const before = weightsIn(change, change.before, operation.splitId);
      const after = weightsIn(change, change.after, operation.splitId);
      const now = shown.destinations.map((one) => one.weight);
      if (sayWeights(now) === sayWeights(before))
        throw new PeerError(
          'refused',
          `The weights are ${sayWeights(before)} already, as they were before: there is nothing to undo.`,
        );
      const seen: Seen = {
        revision: '',
        weights: after,
        fingerprint: fingerprintIn(change, operation.splitId),
      };
      return await planWrite(mesh, shown, before, seen, signal);
    },

    async apply(write: PlannedWrite, signal): Promise<Receipt> {
      const [change] = write.changes;
      if (change === undefined || write.changes.length !== 1)
        throw new PeerError('refused', 'A change of weights writes exactly one document.');
      if (change.document.connectionId !== mesh.host.connectionId)
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const { namespace, name, uid } = change.document;
      const target: KubeObject = {
        apiVersion: change.document.apiVersion,
        kind: change.document.kind,
        metadata: {
          name,
          uid,
          resourceVersion: change.revision,
          ...(namespace === null ? {} : { namespace }),
        },
      };
      try {
        const written = await mesh.client.patch(
          mesh.resources.virtualServices,
          target,
          change.patch,
          { dryRun: false },
          signal,
        );
        return {
          acceptedAt: mesh.host.clock.now(),
          revisions: [{ document: change.document, revision: written.metadata.resourceVersion }],
        };
      } catch (error) {
        // A failed `test` is a 422 without a word of which one, a lost race a 409: the document itself tells.
        if (mayBeFence(error)) await throwIfMoved(mesh, change, signal);
        throw error;
      }
    },

    async verify(change, signal): Promise<ReadBack> {
      let document: KubeObject;
      try {
        document = await documentOf(change, signal);
      } catch (error) {
        if (error instanceof PeerError && error.kind === 'notFound')
          return { state: 'else', revision: '', detail: 'The document was deleted.', changedBy: null };
        throw error;
      }
      return readBack(document, change);
    },
  };
}

async function throwIfMoved(mesh: Mesh, change: Change, signal: AbortSignal): Promise<void> {
  const { namespace, name, uid } = change.document;
  const where = `VirtualService ${namespace ?? ''}/${name}`;
  let now: KubeObject;
  try {
    now = await mesh.client.object(mesh.resources.virtualServices, namespace, name, signal);
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound')
      throw new PeerError('conflict', `${where} was deleted meanwhile. Nothing was changed.`, {
        cause: error,
      });
    throw error;
  }
  if (now.metadata.uid !== uid)
    throw new PeerError('conflict', `${where} was deleted and made anew meanwhile. Nothing was changed.`);
  if (now.metadata.resourceVersion !== change.revision)
    throw new PeerError(
      'conflict',
      `Someone else changed ${where} meanwhile. Nothing was changed. Review it again.`,
    );
}

/** Compares the whole specification: what was written is there, and nothing else moved. */
function readBack(document: KubeObject, change: Change): ReadBack {
  const revision = document.metadata.resourceVersion;
  const changedBy = changedByOf(document)?.who ?? null;
  if (document.metadata.uid !== change.document.uid)
    return { state: 'else', revision, detail: 'The document was deleted and made anew.', changedBy };
  const spec = document['spec'];
  const generation = at(document, 'metadata', 'generation');
  const told = typeof generation === 'number' ? ` (generation ${generation})` : '';
  if (sameSpec(spec, specIn(change.after)))
    return { state: 'after', revision, detail: `Read back as written${told}.`, changedBy };
  if (sameSpec(spec, specIn(change.before)))
    return { state: 'before', revision, detail: `Still as before${told}.`, changedBy };
  const written = change.patch.filter((step) => step.op !== 'test');
  const held = written.every((step) => valueAt(document, step.path) === step.value);
  return {
    state: 'else',
    revision,
    changedBy,
    detail: held
      ? `The weights are as written, but another part of the document was changed since${told}.`
      : `The document holds neither the old nor the new weights${told}.`,
  };
}

const valueAt = (document: KubeObject, pointer: string): unknown =>
  at(
    document,
    ...pointer
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
  );

const specIn = (yaml: string): unknown => at(parse(yaml), 'spec');

function documentIn(change: Change, yaml: string): KubeObject | null {
  const { apiVersion, kind, namespace, name, uid } = change.document;
  const metadata = {
    name,
    uid,
    resourceVersion: change.revision,
    ...(namespace === null ? {} : { namespace }),
  };
  return readObject({ metadata, spec: specIn(yaml) }, apiVersion, kind);
}

function routeIn(change: Change, yaml: string, splitId: string) {
  const document = documentIn(change, yaml);
  const routes = document === null ? [] : routesOf(document);
  const route =
    document === null ? undefined : routes.find((one) => splitIdOf(document, one, routes) === splitId);
  if (route === undefined)
    throw new PeerError(
      'refused',
      'The journal does not hold what was there before; this cannot be undone here.',
    );
  return route;
}

const weightsIn = (change: Change, yaml: string, splitId: string): (number | null)[] =>
  routeIn(change, yaml, splitId).destinations.map((one) => one.weight);

const fingerprintIn = (change: Change, splitId: string): string =>
  routeFingerprint(routeIn(change, change.after, splitId));
