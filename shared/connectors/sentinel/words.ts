import type { Protection } from '../../model/inspect.ts';
import { numberAt, resourceOf, type Rule, type RuleType, textAt } from './rules.ts';

/** What a rule does, and by which of the field's words it is known. */
export interface RuleWords {
  readonly kind: Protection['kind'];
  readonly text: string;
  readonly limit?: NonNullable<Protection['limit']>;
}

/** Each threshold of a rule in words; a system rule has several. */
export function wordsOf(type: RuleType, rule: Rule): readonly RuleWords[] {
  switch (type) {
    case 'flow':
      return [flowWords(rule)];
    case 'degrade':
      return [degradeWords(rule)];
    case 'authority':
      return [authorityWords(rule)];
    case 'system':
      return systemWords(rule);
    case 'paramFlow':
      return [parameterWords(rule)];
  }
}

function flowWords(rule: Rule): RuleWords {
  const count = numberAt(rule, 'count');
  const perSecond = numberAt(rule, 'grade') !== 0;
  if (count === 0) return { kind: 'limit', text: `${of(rule)}every call is blocked${callersOf(rule)}` };
  const what = perSecond ? `${say(count)} calls a second` : `${say(count)} calls at once`;
  const each = rule['clusterMode'] === true ? 'over the cluster' : 'in each instance';
  return {
    kind: 'limit',
    text: `${of(rule)}at most ${what} ${each}${callersOf(rule)}${besides(rule)}${shaping(rule)}`,
    ...(perSecond ? {} : { limit: 'requests' }),
  };
}

/** Where the threshold is another resource's: `strategy` 1 looks at that one, 2 at calls that come through it. */
function besides(rule: Rule): string {
  const other = textAt(rule, 'refResource');
  if (numberAt(rule, 'strategy') === 1 && other !== null) return `, counted on ${other}`;
  if (numberAt(rule, 'strategy') === 2 && other !== null) return `, where called through ${other}`;
  return '';
}

function shaping(rule: Rule): string {
  const warmUp = `, reached over ${say(numberAt(rule, 'warmUpPeriodSec'))} s`;
  const queue = `, waiting up to ${say(numberAt(rule, 'maxQueueingTimeMs'))} ms for its turn`;
  switch (numberAt(rule, 'controlBehavior')) {
    case 1:
      return warmUp;
    case 2:
      return queue;
    case 3:
      return `${warmUp}${queue}`;
    default:
      return '';
  }
}

/** Since Sentinel 1.8 a degrade rule is a breaker with a state, which no command tells. */
function degradeWords(rule: Rule): RuleWords {
  const threshold = numberAt(rule, 'count');
  const least = numberAt(rule, 'minRequestAmount');
  const span = numberAt(rule, 'statIntervalMs');
  const when = {
    0: `${percent(numberAt(rule, 'slowRatioThreshold'))} take over ${say(threshold)} ms`,
    1: `${percent(threshold)} end in an exception`,
    2: `${say(threshold)} end in an exception`,
  }[numberAt(rule, 'grade') ?? -1];
  return {
    kind: 'breaker',
    text: `${of(rule)}opens for ${say(numberAt(rule, 'timeWindow'))} s when ${when ?? 'its threshold is reached'}, of at least ${say(least)} calls in ${say(span)} ms`,
  };
}

function authorityWords(rule: Rule): RuleWords {
  const callers = (textAt(rule, 'limitApp') ?? '').replaceAll(',', ', ');
  return {
    kind: 'limit',
    text: `${of(rule)}${numberAt(rule, 'strategy') === 1 ? 'never' : 'only'} for ${callers}`,
  };
}

/** What is not set is -1. */
function systemWords(rule: Rule): readonly RuleWords[] {
  const at = (field: string, text: (value: number) => string): RuleWords[] => {
    const value = numberAt(rule, field);
    return value === null || value < 0
      ? []
      : [{ kind: 'limit', text: `the whole instance: at most ${text(value)}` }];
  };
  return [
    ...at('qps', (value) => `${value} requests a second`),
    ...at('maxThread', (value) => `${value} requests at once`),
    ...at('avgRt', (value) => `${value} ms on average`),
    ...at('highestSystemLoad', (value) => `a load of ${value}`),
    ...at('highestCpuUsage', (value) => `${percent(value)} of the processor`),
  ];
}

function parameterWords(rule: Rule): RuleWords {
  const span = numberAt(rule, 'durationInSec') ?? 1;
  const what =
    numberAt(rule, 'grade') === 0 ? 'calls at once' : `calls ${span === 1 ? 'a second' : `in ${span} s`}`;
  return {
    kind: 'limit',
    text: `${of(rule)}at most ${say(numberAt(rule, 'count'))} ${what} for each value of parameter ${say(numberAt(rule, 'paramIdx'))}`,
  };
}

const of = (rule: Rule): string => (resourceOf(rule) === '' ? '' : `${resourceOf(rule)}: `);

const callersOf = (rule: Rule): string => {
  const caller = textAt(rule, 'limitApp');
  if (caller === null || caller === 'default') return '';
  return caller === 'other' ? ', for callers without a rule of their own' : `, for ${caller}`;
};

const say = (value: number | null): string => (value === null ? 'an unknown number of' : String(value));
const percent = (ratio: number | null): string =>
  ratio === null ? 'an unknown share' : `${Math.round(ratio * 1_000) / 10} %`;
