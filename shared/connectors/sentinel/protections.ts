import type { Protection } from '../../model/inspect.ts';
import type { ProtectionSource } from '../kit/connector.ts';
import type { Fleet, Member } from './fleet.ts';
import type { ResourceFigures } from './nodes.ts';
import { calleeOfResource } from './resourceNames.ts';
import { identityOf, resourceOf, type Rule, type RuleType, ruleTypes } from './rules.ts';
import { wordsOf } from './words.ts';

/** The rules of every application as declared, by the service whose calls they guard, with what they did lately. */
export function createProtections(fleet: Fleet): ProtectionSource {
  return {
    declared() {
      const apps = fleet.apps();
      const found = apps.flatMap((application) => {
        const others = apps.filter((app) => app !== application);
        return rulesOf(fleet.of(application)).flatMap((one) => {
          const callee = calleeOfResource(resourceOf(one.rule), others);
          return protectionsOf(application, fleet.of(application), one).map((protection) => ({
            host: callee ?? application,
            protection,
          }));
        });
      });
      return new Map(
        [...Map.groupBy(found, ({ host }) => host)].map(([host, all]) => [
          host,
          all.map(({ protection }) => protection),
        ]),
      );
    },
  };
}

interface Found {
  readonly type: RuleType;
  readonly rule: Rule;
  readonly having: readonly Member[];
}

/** Every rule once, with the instances that have it. */
function rulesOf(members: readonly Member[]): Found[] {
  const found = new Map<string, Found>();
  for (const member of members)
    for (const type of ruleTypes)
      for (const rule of member.rules?.[type] ?? []) {
        const key = `${type} ${identityOf(rule)}`;
        const known = found.get(key);
        found.set(key, { type, rule, having: [...(known?.having ?? []), member] });
      }
  return [...found.values()];
}

function protectionsOf(
  application: string,
  all: readonly Member[],
  { type, rule, having }: Found,
): readonly Protection[] {
  const unread = all.filter(({ rules }) => rules === null);
  const off = having.filter(({ isOn }) => isOn === false);
  const counted = having.flatMap(({ figures }) => figures?.get(resourceOf(rule)) ?? []);
  const text = [
    ...(counted.length === 0 ? [] : [sayFigures(counted)]),
    ...(off.length === 0 ? [] : [`Sentinel is switched off in ${off.length} of ${having.length}`]),
    ...(unread.length === 0 ? [] : [`${unread.length} not read`]),
  ].join('; ');
  const at = Math.min(...having.map(({ readAt }) => readAt ?? 0));
  return wordsOf(type, rule).map((words) => ({
    ...words,
    evidence: `${type} rule in ${having.length} of ${all.length} instances of ${application}`,
    observed: text === '' ? null : { text, source: 'Sentinel', at },
  }));
}

/** Sums over instances, each of its own last second. */
function sayFigures(all: readonly ResourceFigures[]): string {
  const sum = (of: (one: ResourceFigures) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  return `${sum((one) => one.passedPerSecond)} passed and ${sum((one) => one.blockedPerSecond)} blocked in the last second, ${sum((one) => one.blockedInMinute)} blocked in the last minute`;
}
