import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { DocumentRef } from '../../../model/entity.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Member } from '../member.ts';
import { fingerprintOf, type Rule, type RuleType, ruleTypes, typeTitles } from '../rules.ts';

/** The rules of one type that some instances of an application have, every one of them the same. */
export interface RuleSet {
  readonly application: string;
  readonly type: RuleType;
  /** The one instance that it is of, where others have other rules; null where all that answer have these. */
  readonly only: string | null;
  readonly members: readonly Member[];
  readonly rules: readonly Rule[];
}

/** One set for all instances of an application where they agree, else one for each. */
export function ruleSetsOf(application: string, members: readonly Member[], type: RuleType): RuleSet[] {
  const having = members.flatMap((member) => {
    const rules = member.rules?.[type];
    return rules === undefined ? [] : [{ member, rules }];
  });
  const [first] = having;
  if (first === undefined) return [];
  const agree = having.every(({ rules }) => fingerprintOf(rules) === fingerprintOf(first.rules));
  if (agree)
    return [
      { application, type, only: null, members: having.map(({ member }) => member), rules: first.rules },
    ];
  return having.map(({ member, rules }) => ({
    application,
    type,
    only: member.name,
    members: [member],
    rules,
  }));
}

/** Where a document's rules are: an application, a type, and perhaps one instance of it. */
export interface RuleSetKey {
  readonly application: string;
  readonly type: RuleType;
  readonly only: string | null;
}

export const refOf = (connectionId: string, { application, type, only }: RuleSetKey): DocumentRef => ({
  connectionId,
  apiVersion: 'sentinel',
  kind: typeTitles[type],
  namespace: null,
  name: only === null ? application : `${application} at ${only}`,
  uid: JSON.stringify([application, type, only]),
});

const Key = z.tuple([z.string(), z.enum(ruleTypes), z.string().nullable()]);

/** Throws where the document is none of ours. */
export function keyOf({ uid }: Pick<DocumentRef, 'uid'>): RuleSetKey {
  try {
    const [application, type, only] = Key.parse(JSON.parse(uid));
    return { application, type, only };
  } catch {
    throw new PeerError('refused', 'This is no set of rules of Sentinel’s.');
  }
}

/** Another one whenever a rule came, went or changed in any of its instances. */
export const revisionOf = ({ rules, members }: RuleSet): string =>
  `${members.map(({ name }) => name).join(', ')}: ${fingerprintOf(rules)}`;

export const yamlOf = (rules: readonly Rule[]): string => stringify(rules, { lineWidth: 0 });

/** Throws where the text is no list of rules. */
export function rulesIn(text: string): readonly Rule[] {
  const read = z.array(z.record(z.string(), z.unknown())).safeParse(parseYaml(text) ?? []);
  if (read.success) return read.data;
  throw new PeerError('refused', 'It is not a list of rules, each with its fields.');
}

function parseYaml(text: string): unknown {
  try {
    // As in JSON, an id is kept as its digits where JavaScript would round it.
    return parse(text, (_key, value: unknown) => (typeof value === 'bigint' ? plain(value) : value), {
      intAsBigInt: true,
    });
  } catch (cause) {
    throw new PeerError('refused', 'It is no YAML.', { cause });
  }
}

const plain = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
