import type { Split } from '../../model/weights.ts';
import { type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import type { RouteWorld } from './routeWorld.ts';
import { type Parent, parentIn, parentsOf, sayParent } from './rules.ts';

/** What the controllers of a route's parents say of it as it is written now. */
export type Standing = NonNullable<Split['standing']>;

interface Told {
  readonly state: Standing['state'];
  readonly text: string;
}

/**
 * Reads every parent's conditions. Accepted alone says nothing: references may be unresolved, rules dropped, or the word may be
 * about an earlier generation that is still in force. So each parent needs Accepted and ResolvedRefs of each controller that
 * speaks, about this generation. That traffic follows is for proxies and figures to show.
 */
export function standingOf(world: Pick<RouteWorld, 'hasController'>, document: KubeObject): Standing {
  const entries = listAt(document, 'status', 'parents');
  const told = parentsOf(document).flatMap((parent): Told[] => {
    const about = entries.filter((entry) =>
      sameParent(
        parentIn((entry as { readonly parentRef?: unknown }).parentRef, namespaceOf(document)),
        parent,
      ),
    );
    if (about.length === 0)
      return [{ state: 'waiting', text: `no controller has taken it up for ${sayParent(parent)}` }];
    return about.map((entry) => entryOf(document, parent, entry));
  });
  if (told.length === 0) return { state: 'refused', text: 'it names no parent, so nobody follows it' };
  const worst = (['refused', 'waiting', 'working'] as const).find((state) =>
    told.some((one) => one.state === state),
  );
  const state = worst ?? 'waiting';
  const texts = told.filter((one) => one.state === state).map(({ text }) => text);
  const nobody =
    state === 'waiting' && !world.hasController()
      ? ['none has said anything of any route here, so none seems to run']
      : [];
  return { state, text: [...texts, ...nobody].join('; ') };
}

function entryOf(document: KubeObject, parent: Parent, entry: unknown): Told {
  const who = (textAt(entry, 'controllerName') ?? 'a controller').slice(0, 100);
  const generation = numberAt(document, 'metadata', 'generation');
  const conditions = listAt(entry, 'conditions');
  const find = (type: string): unknown => conditions.find((one) => textAt(one, 'type') === type);
  const isOld = (one: unknown): boolean =>
    generation !== null && (numberAt(one, 'observedGeneration') ?? generation) < generation;

  const partly = find('PartiallyInvalid');
  if (textAt(partly, 'status') === 'True' && !isOld(partly))
    return {
      state: 'refused',
      text: isOld(find('Accepted'))
        ? `${who} keeps an earlier version in force: ${wordOf(partly)}`
        : `${who} follows only a part of it: ${wordOf(partly)}`,
    };
  for (const type of ['Accepted', 'ResolvedRefs']) {
    const one = find(type);
    if (one === undefined)
      return { state: 'waiting', text: `${who} has not said of ${sayParent(parent)} whether it is ${type}` };
    if (isOld(one))
      return {
        state: 'waiting',
        text: `${who} speaks of generation ${numberAt(one, 'observedGeneration')} and not yet of ${generation}`,
      };
    if (textAt(one, 'status') !== 'True')
      return { state: 'refused', text: `${who}, for ${sayParent(parent)}: ${type} is ${wordOf(one)}` };
  }
  // Linkerd leaves the generation out: its word may be about what was written before.
  const unsaid = ['Accepted', 'ResolvedRefs'].some(
    (type) => numberAt(find(type), 'observedGeneration') === null,
  );
  return {
    state: 'working',
    text: `${who} accepts it for ${sayParent(parent)} and resolves all references${unsaid ? ', without saying of which generation' : ''}`,
  };
}

const wordOf = (condition: unknown): string =>
  [
    textAt(condition, 'status') === 'True' ? null : (textAt(condition, 'status') ?? 'unknown'),
    textAt(condition, 'reason'),
    textAt(condition, 'message'),
  ]
    .filter((part) => part !== null && part !== '')
    .join(', ')
    .slice(0, 300);

const sameParent = (a: Parent, b: Parent): boolean =>
  a.group === b.group &&
  a.kind === b.kind &&
  a.namespace === b.namespace &&
  a.name === b.name &&
  a.section === b.section &&
  a.port === b.port;
