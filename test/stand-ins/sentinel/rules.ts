export type Rule = Record<string, unknown>;
export type RuleType = 'flow' | 'degrade' | 'authority' | 'system' | 'paramFlow';

/** What each type adds where a field was left out; fields of no such name are dropped. */
const fields: Readonly<Record<Exclude<RuleType, 'system'>, Rule>> = {
  flow: {
    clusterMode: false,
    controlBehavior: 0,
    count: 0,
    grade: 1,
    id: null,
    limitApp: 'default',
    maxQueueingTimeMs: 500,
    refResource: null,
    regex: false,
    resource: null,
    strategy: 0,
    warmUpPeriodSec: 10,
  },
  degrade: {
    count: 0,
    grade: 0,
    id: null,
    limitApp: 'default',
    minRequestAmount: 5,
    regex: false,
    resource: null,
    slowRatioThreshold: 1,
    statIntervalMs: 1000,
    timeWindow: 0,
  },
  authority: { id: null, limitApp: null, regex: false, resource: null, strategy: 0 },
  paramFlow: {
    burstCount: 0,
    clusterMode: false,
    controlBehavior: 0,
    count: 0,
    durationInSec: 1,
    grade: 1,
    limitApp: 'default',
    maxQueueingTimeMs: 0,
    paramFlowItemList: [],
    paramIdx: null,
    regex: false,
    resource: null,
  },
};

const thresholds = ['avgRt', 'highestCpuUsage', 'highestSystemLoad', 'maxThread', 'qps'] as const;

/** What an instance has after it was told these: invalid ones are dropped without a word. */
export function loaded(type: RuleType, told: readonly Rule[]): Rule[] {
  if (type === 'system') return systemRules(told);
  return told.filter((rule) => isValid(type, rule)).map((rule) => completed(fields[type], rule));
}

function completed(all: Rule, rule: Rule): Rule {
  const named = Object.entries(all).map(([field, otherwise]) => [field, rule[field] ?? otherwise] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== null && value !== ''));
}

function isValid(type: RuleType, rule: Rule): boolean {
  if (typeof rule['resource'] !== 'string' || rule['resource'].trim() === '') return false;
  if (type === 'authority') return typeof rule['limitApp'] === 'string' && rule['limitApp'] !== '';
  if (Number(rule['count'] ?? 0) < 0) return false;
  return type !== 'degrade' || Number(rule['timeWindow'] ?? 0) > 0;
}

/** Each threshold comes back as a rule of its own. */
function systemRules(told: readonly Rule[]): Rule[] {
  const unset = Object.fromEntries(thresholds.map((name) => [name, -1]));
  return thresholds.flatMap((name) => {
    const set = told.map((rule) => Number(rule[name] ?? -1)).filter((value) => value >= 0);
    return set.length === 0 ? [] : [{ ...unset, regex: false, [name]: Math.min(...set) }];
  });
}

/** JSON as a command centre writes it: an id that was told as digits is a number. */
export const written = (value: unknown): string =>
  JSON.stringify(value, (key, one: unknown) =>
    key === 'id' && typeof one === 'string' ? `long:${one}` : one,
  ).replaceAll(/"long:(-?\d+)"/g, '$1');
