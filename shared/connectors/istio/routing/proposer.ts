import type { Expectation, Guard } from '../../../model/change.ts';
import type { SetRouting } from '../../../model/operation.ts';
import type { Split } from '../../../model/weights.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Meaning, Proposer } from '../../kube/documents/control.ts';
import { expectationOf } from '../../kube/splitExpectation.ts';
import { shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { type Fresh, readFresh } from '../plan.ts';
import { readSplits, subjectOf } from '../splits.ts';
import { notTold, type RoutingEdit } from './edit.ts';
import { proposeMirror } from './mirror.ts';
import { proposeAdd, proposeRemove } from './routes.ts';

/** Grey routes and mirrors, written into the VirtualService whose split takes all other requests. */
export function createRoutingProposer(mesh: Mesh): Proposer<SetRouting> {
  return {
    async propose(operation, signal) {
      const fresh = await readFresh(mesh, await find(mesh, operation.splitId, signal), signal);
      if (fresh.route.protocol !== 'http')
        throw new PeerError('refused', 'Only routes of HTTP look at headers, cookies or callers.');
      const edit = editOf(mesh, fresh, operation.change);
      return {
        ...meaningOf(fresh.split, edit.title, edit.why),
        ...(edit.counted === undefined
          ? {}
          : {
              expectation: {
                ...expectationOf(fresh.split, edit.counted.weights, []),
                caller: edit.counted.caller,
              },
            }),
        guards: [...movedGuards(fresh, operation), ...edit.guards],
        notes: edit.notes,
        edits: [
          {
            edit: {
              action: 'patch',
              resource: mesh.resources.virtualServices,
              before: fresh.document,
              after: edit.after,
            },
            withheld: false,
          },
        ],
      };
    },

    async meaningOfUndo(operation, signal) {
      const split = await find(mesh, operation.splitId, signal);
      const meaning = meaningOf(split, `Routes of ${subjectOf(split)} as they were before`, notTold);
      return { ...meaning, guards: [], notes: [] };
    },

    resourceOf: () => mesh.resources.virtualServices,
  };
}

function editOf(mesh: Mesh, fresh: Fresh, change: SetRouting['change']): RoutingEdit {
  switch (change.kind) {
    case 'addRoute':
      return proposeAdd(mesh, fresh, change);
    case 'removeRoute':
      return proposeRemove(mesh, fresh, change);
    case 'mirror':
      return proposeMirror(mesh, fresh, change);
  }
}

async function find(mesh: Mesh, splitId: string, signal: AbortSignal): Promise<Split> {
  await mesh.ready(signal);
  const split = readSplits(mesh).find((one) => one.id === splitId);
  if (split !== undefined) return split;
  throw new PeerError(
    'notFound',
    'This split is gone: its document or its route no longer exists. Look at the map again.',
  );
}

function meaningOf(split: Split, title: string, why: string): Omit<Meaning, 'guards' | 'notes'> {
  const host = split.destinations[0]?.host ?? split.hosts[0] ?? null;
  const expectation: Expectation = { kind: 'unmeasured', host, why };
  const { namespace, name } = split.document;
  return {
    title,
    target: `VirtualService ${namespace ?? ''}/${name}, route “${split.route.title}”${host === null ? '' : ` to ${shortName(host)}`}`,
    expectation,
    direction: 'neutral',
  };
}

function movedGuards({ document, split }: Fresh, { revision }: SetRouting): Guard[] {
  if (document.metadata.resourceVersion === revision) return [];
  return [
    {
      id: 'seen',
      verdict: 'tick',
      title: `${split.changedBy?.who ?? 'Someone'} changed VirtualService ${document.metadata.name} since you looked`,
      detail: 'The difference below is from what it holds now.',
    },
  ];
}
