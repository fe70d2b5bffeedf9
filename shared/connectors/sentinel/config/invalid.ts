import { numberAt, resourceOf, type Rule, type RuleType, textAt } from '../rules.ts';

/**
 * Why Sentinel would drop a rule, in words; null where it would not, as far as can be told here. It says `success` to those it
 * drops (FlowRuleUtil, DegradeRuleManager, AuthorityRuleManager and ParamFlowRuleUtil: `isValidRule`), and so would lose them.
 */
export function whyInvalid(type: RuleType, rule: Rule): string | null {
  if (type === 'system') return thresholdsOf(rule) ? null : 'it sets no threshold of its own';
  if (resourceOf(rule) === '') return 'it names no resource';
  if (type === 'authority') {
    if (textAt(rule, 'limitApp') === null) return 'it names no callers (limitApp)';
    return [null, 0, 1].includes(numberAt(rule, 'strategy')) ? null : 'its strategy is neither 0 nor 1';
  }
  const count = numberAt(rule, 'count') ?? 0;
  if (count < 0) return 'its count is below 0';
  switch (type) {
    case 'flow':
      return whyInvalidFlow(rule);
    case 'degrade':
      return whyInvalidDegrade(rule, count);
    case 'paramFlow':
      return numberAt(rule, 'paramIdx') === null ? 'it names no parameter (paramIdx)' : null;
  }
}

function whyInvalidFlow(rule: Rule): string | null {
  const strategy = numberAt(rule, 'strategy') ?? 0;
  if ((numberAt(rule, 'grade') ?? 1) < 0) return 'its grade is neither 0 nor 1';
  if (![0, 1, 2].includes(strategy)) return 'its strategy is none of 0, 1 and 2';
  if (strategy !== 0 && textAt(rule, 'refResource') === null) return 'its strategy wants a refResource';
  return null;
}

function whyInvalidDegrade(rule: Rule, count: number): string | null {
  const grade = numberAt(rule, 'grade') ?? 0;
  const slow = numberAt(rule, 'slowRatioThreshold') ?? 1;
  if (![0, 1, 2].includes(grade)) return 'its grade is none of 0, 1 and 2';
  if ((numberAt(rule, 'timeWindow') ?? 0) <= 0) return 'its timeWindow is not above 0';
  if ((numberAt(rule, 'minRequestAmount') ?? 5) <= 0) return 'its minRequestAmount is not above 0';
  if ((numberAt(rule, 'statIntervalMs') ?? 1_000) <= 0) return 'its statIntervalMs is not above 0';
  if (grade === 0 && (slow < 0 || slow > 1)) return 'its slowRatioThreshold is not between 0 and 1';
  return grade === 1 && count > 1 ? 'its count is a ratio and above 1' : null;
}

const thresholdsOf = (rule: Rule): boolean =>
  ['qps', 'maxThread', 'avgRt', 'highestSystemLoad', 'highestCpuUsage'].some(
    (field) => (numberAt(rule, field) ?? -1) >= 0,
  );
