import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';
import { type Definition, readDefinitions } from './definitions.ts';
import type { GroupIn } from './groups.ts';

/** The stored definitions of a group, in those copies of the gateway that have them alike. */
export interface Copies {
  readonly instances: readonly string[];
  readonly routes: readonly Definition[];
}

const Document = z.object({
  gateway: z.string(),
  group: z.string(),
  copies: z.array(z.object({ instances: z.array(z.string()).min(1), routes: z.unknown() })),
});

/** What a change says of a group: gateways keep no document, so this text is what review and journal have of it. */
export interface GroupDocument {
  readonly gateway: string;
  readonly group: string;
  readonly copies: readonly Copies[];
}

export const writeDocument = (document: GroupDocument): string =>
  stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });

/** Throws where the journal's text is none of ours. */
export function readDocument(text: string): GroupDocument {
  const document = Document.safeParse(parse(text)).data;
  const copies = document?.copies.flatMap(({ instances, routes }) => {
    const definitions = readDefinitions(routes);
    return definitions === null ? [] : [{ instances, routes: definitions }];
  });
  if (document === undefined || copies?.length !== document.copies.length)
    throw new PeerError('refused', 'The journal does not say what was to become of these routes.');
  return { ...document, copies };
}

/** Copies whose definitions are alike are written down once. `change` says what becomes of each route. */
export function copiesOf(
  all: readonly GroupIn[],
  change: (definition: Definition, route: number, copy: GroupIn) => Definition = (definition) => definition,
): Copies[] {
  return alike(
    all.map((copy) => ({
      instance: copy.gateway.name,
      routes: definitionsOf(copy).map((definition, i) => change(definition, i, copy)),
    })),
  );
}

/** Instances that have the very same routes are one entry. */
export function alike(
  all: readonly { readonly instance: string; readonly routes: readonly Definition[] }[],
): Copies[] {
  const found: { instances: string[]; routes: readonly Definition[] }[] = [];
  for (const { instance, routes } of all) {
    const same = found.find((one) => isDeepStrictEqual(one.routes, routes));
    if (same === undefined) found.push({ instances: [instance], routes });
    else same.instances.push(instance);
  }
  return found;
}

export const definitionsOf = ({ routes }: GroupIn): Definition[] =>
  routes.flatMap(({ definition }) => definition ?? []);

/** Those of one copy; null where the document does not name it. */
export const definitionsFor = ({ copies }: GroupDocument, instance: string): readonly Definition[] | null =>
  copies.find(({ instances }) => instances.includes(instance))?.routes ?? null;
