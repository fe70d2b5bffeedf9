import { validateWeights } from '../../analysis/weights.ts';
import type { Change } from '../../model/change.ts';
import type { SetWeights } from '../../model/operation.ts';
import type { Split } from '../../model/weights.ts';
import type { DeclaredControl, ReadBack } from '../kit/control.ts';
import { PeerError } from '../kit/peerError.ts';
import { changedGuard, destinationGuards, refuseNonsense, type Weights } from '../kit/splitGuards.ts';
import { createSplitMemory, movedSince, type Seen } from '../kit/splitMemory.ts';
import { createDocumentControl, type Meaning, type Proposer } from '../kube/documents/control.ts';
import { readContent } from '../kube/documents/content.ts';
import { at, type KubeObject, namespaceOf } from '../kube/objects.ts';
import { expectationOf } from '../kube/splitExpectation.ts';
import { createBackends } from './backends.ts';
import { standingOf } from './conditions.ts';
import { bothGroupsGuards, mixedGuards, profileGuards, standingGuard, totalGuard } from './guards.ts';
import type { RouteWorld } from './routeWorld.ts';
import { isSplitOfRoute, type Rule, ruleFingerprint, rulesOf, splitIdOf } from './rules.ts';
import { readSplits, revisionOf, splitOf, subjectOf } from './splits.ts';

const settleMs = 100;

/** Splits of HTTPRoutes and GRPCRoutes, and the way in which their weights are written: JSON Patch with tests. */
export function createWeights(world: RouteWorld): DeclaredControl<SetWeights, Split> {
  const memory = createSplitMemory();

  function current(): readonly Split[] {
    for (const document of world.documents()) {
      const rules = rulesOf(document);
      for (const rule of rules)
        memory.remember(splitIdOf(document, rule, rules), revisionOf(document), () => ruleFingerprint(rule));
    }
    return readSplits(world);
  }

  async function find(splitId: string, signal: AbortSignal): Promise<Split> {
    await world.ready(signal);
    const split = current().find((one) => one.id === splitId);
    if (split !== undefined) return split;
    throw new PeerError(
      'notFound',
      'This split is gone: its document or its rule no longer exists. Look at the map again.',
    );
  }

  const proposer: Proposer<SetWeights> = {
    async propose(operation, signal) {
      const shown = await find(operation.splitId, signal);
      const fresh = await readFresh(world, shown, signal);
      const { document, rule, split } = fresh;
      refuseNonsense(split, operation.weights, validateWeights);
      const seen: Seen = {
        ...operation.seen,
        fingerprint: memory.recall(operation.splitId, operation.seen.revision),
      };
      const before = split.destinations.map((one) => one.weight);
      const moved = movedSince(seen, {
        revision: split.revision,
        weights: before,
        fingerprint: ruleFingerprint(rule),
      });
      const by = split.changedBy?.who ?? null;
      return {
        ...meaningOf(world, fresh, before, operation.weights),
        guards: [
          standingGuard(split),
          totalGuard(operation.weights),
          ...destinationGuards(split, operation.weights),
          changedGuard(moved, by),
          ...mixedGuards(world, document),
          ...bothGroupsGuards(world, document),
          ...profileGuards(world, document),
        ],
        threeWay:
          moved === 'no' || moved === 'elsewhere'
            ? null
            : {
                kind: 'weights',
                seen: [...operation.seen.weights],
                now: before,
                wanted: [...operation.weights],
                titles: split.destinations.map((one) => one.title),
                changedBy: by,
              },
        edits: [
          {
            edit: {
              action: 'patch',
              resource: resourceOf(world, document),
              before: document,
              after: withWeights(document, rule, operation.weights),
            },
            withheld: false,
          },
        ],
      };
    },

    async meaningOfUndo(operation, signal, [change]) {
      const fresh = await readFresh(world, await find(operation.splitId, signal), signal);
      const now = fresh.split.destinations.map((one) => one.weight);
      const wanted = change === undefined ? now : weightsBefore(change, fresh);
      return {
        ...meaningOf(world, fresh, now, wanted),
        guards: [
          standingGuard(fresh.split),
          ...destinationGuards(fresh.split, wanted),
          ...mixedGuards(world, fresh.document),
          ...bothGroupsGuards(world, fresh.document),
        ],
      };
    },

    resourceOf: (document) => resourceOf(world, document),
  };
  const control = createDocumentControl(world, proposer);

  return {
    ...control,
    takes: ({ splitId }) => isSplitOfRoute(splitId),
    watch: (signal, onState) =>
      world.follow(
        {
          settleMs,
          read() {
            const splits = current();
            // Before the first list there are no splits to speak of, and none is not what the peer said. A kind that may not
            // be read hides no other.
            return world.routes.some((view) => view.synced) && world.routes.every((view) => view.settled)
              ? splits
              : null;
          },
          content: (splits) => splits,
        },
        () => onState(world.health()),
        signal,
      ),
    verify: (change, signal) => verify(world, control, change, signal),
  };
}

/** Reads back what was written, and what the controllers say of it by now. */
async function verify(
  world: RouteWorld,
  control: Pick<DeclaredControl<SetWeights, Split>, 'verify'>,
  change: Change,
  signal: AbortSignal,
): Promise<ReadBack> {
  const read = await control.verify(change, signal);
  if (read.state !== 'after') return read;
  const { namespace, name } = change.document;
  const resource = world.resourceOf(change.document);
  const document = world.routes.find((view) => view.resource === resource)?.get(namespace ?? '', name);
  if (document === undefined) return read;
  return { ...read, detail: `${read.detail} ${sentence(standingOf(world, document).text)}` };
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** A split as it is on the server at this moment, with the document it is part of. */
interface Fresh {
  readonly document: KubeObject;
  readonly rule: Rule;
  readonly split: Split;
}

async function readFresh(world: RouteWorld, shown: Split, signal: AbortSignal): Promise<Fresh> {
  const { kind, namespace, name, uid } = shown.document;
  const where = `${kind} ${namespace ?? ''}/${name}`;
  const document = await world.client.object(resourceOf(world, shown.document), namespace, name, signal);
  if (document.metadata.uid !== uid)
    throw new PeerError('conflict', `${where} was deleted and made anew since you looked. Look at it again.`);
  const rules = rulesOf(document);
  const rule = rules.find((one) => splitIdOf(document, one, rules) === shown.id);
  if (rule === undefined)
    throw new PeerError(
      'conflict',
      `Rule “${shown.route.title}” is no longer in ${where}. Look at it again.`,
    );
  return { document, rule, split: splitOf(world, document, rule, rules, createBackends(world)) };
}

function meaningOf(
  world: RouteWorld,
  { document, rule, split }: Fresh,
  before: Weights,
  wanted: Weights,
): Omit<Meaning, 'guards'> {
  const host = split.hosts[0] ?? split.destinations[0]?.host ?? '';
  return {
    title: `Shift ${subjectOf(split)}: ${split.destinations.map((one, position) => `${one.title} ${before[position] ?? 'unset'} → ${wanted[position] ?? 'unset'}`).join(', ')}`,
    target: `${document.kind} ${namespaceOf(document)}/${document.metadata.name}, rule “${rule.title}”`,
    expectation: { ...expectationOf(split, wanted, readSplits(world)), host },
    notes: [],
    direction: null,
    split,
  };
}

function resourceOf(world: RouteWorld, document: Pick<KubeObject, 'apiVersion' | 'kind'>) {
  const resource = world.resourceOf(document);
  if (resource === undefined)
    throw new PeerError(
      'notFound',
      `This cluster does not serve ${document.kind}s of ${document.apiVersion} any more.`,
      { status: 404 },
    );
  return resource;
}

/** The document with other weights in one rule; everything else as it was. */
function withWeights(document: KubeObject, rule: Rule, wanted: Weights): KubeObject {
  const after = structuredClone(document);
  wanted.forEach((weight, position) => {
    const one = at(
      after,
      'spec',
      'rules',
      rule.index,
      'backendRefs',
      rule.backends[position]?.index ?? position,
    );
    if (typeof one !== 'object' || one === null) return;
    if (weight === null) Reflect.deleteProperty(one, 'weight');
    else Reflect.set(one, 'weight', weight);
  });
  return after;
}

/** What the rule's weights were before a change, as the journal has it. */
function weightsBefore(change: Change, { document, rule }: Fresh): Weights {
  const then = { ...document, ...readContent(change.before), metadata: document.metadata };
  const rules = rulesOf(then);
  const id = splitIdOf(document, rule, rulesOf(document));
  const found = rules.find((one) => splitIdOf(document, one, rules) === id);
  return (found ?? rule).backends.map(({ weight }) => weight);
}
