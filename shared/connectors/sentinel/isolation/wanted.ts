import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { DocumentRef } from '../../../model/entity.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Member } from '../member.ts';
import { fingerprintOf, type Rule } from '../rules.ts';
import { Marker } from './marker.ts';

const Sets = z.array(
  z.object({ instances: z.array(z.string()), rules: z.array(z.record(z.string(), z.unknown())) }),
);
/** Instances by the rules that they have: those with the same are named together. */
export type Sets = z.infer<typeof Sets>;

/**
 * What a write wants of an application's flow rules: the marked ones there, or gone. Instances keep no documents: this text
 * is what the journal has of it, and by it a Podium that was started anew goes on holding.
 */
export const Wanted = z.object({
  application: z.string(),
  resources: z.array(z.string()),
  /** Whether rules with this marker are to be there. */
  blocked: z.boolean(),
  marker: Marker,
  /** As they would be in each instance that was read. */
  sets: Sets,
});
export type Wanted = z.infer<typeof Wanted>;

/** The rules first, as in the text of before, so that a comparison shows what is added to them. */
export const writeWanted = ({ sets, ...rest }: Wanted): string =>
  stringify({ sets, ...rest }, { lineWidth: 0 });

/** Throws where the journal's text is none of ours. */
export function readWanted(text: string): Wanted {
  const read = Wanted.safeParse(parse(text));
  if (!read.success)
    throw new PeerError('refused', 'The journal does not say what was to become of these rules.');
  return read.data;
}

export const writeBefore = (sets: Sets): string => stringify({ sets }, { lineWidth: 0 });

export const readBefore = (text: string): Sets =>
  z.object({ sets: Sets }).safeParse(parse(text)).data?.sets ?? [];

/** The flow rules of those that could be read, each changed in the same way. */
export function setsOf(
  members: readonly Member[],
  change: (rules: readonly Rule[]) => readonly Rule[] = (rules) => rules,
): Sets {
  const read = members.flatMap(({ name, rules }) =>
    rules?.flow === undefined ? [] : [{ name, rules: change(rules.flow) }],
  );
  return [...Map.groupBy(read, ({ rules }) => fingerprintOf(rules)).values()].map((same) => ({
    instances: same.map(({ name }) => name),
    rules: [...(same[0]?.rules ?? [])],
  }));
}

/** What stands for a document: the flow rules of an application, in however many instances. */
export const refOf = (connectionId: string, application: string): DocumentRef => ({
  connectionId,
  apiVersion: 'sentinel',
  kind: 'FlowRules',
  namespace: null,
  name: application,
  uid: `${application}/flow`,
});
