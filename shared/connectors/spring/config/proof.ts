import type { Settings } from '../../../model/change.ts';
import type { Proof, ProofSource } from '../../kit/connector.ts';
import { fileOf, isFromConfigServer, nameOf } from './configServer.ts';
import type { Desk } from './desk.ts';
import { loggersOf, propertyOf } from './endpoints.ts';
import { askEach, type Asked } from './instances.ts';

/** What one instance has of one setting. */
type Has =
  { readonly state: 'yes' } | { readonly state: 'no' | 'overridden' | 'masked'; readonly why: string };

/** Whether each instance has what it should, read in its own environment or its own loggers: k of n. */
export function createConfigProof(desk: Desk): ProofSource {
  return {
    note: (expectation) =>
      expectation.kind === 'settings'
        ? `read in ${expectation.what === 'logger' ? 'the loggers' : 'the environment'} of every instance: k of n`
        : null,
    loaded: (expectation, since, signal) =>
      expectation.kind === 'settings'
        ? settingsProof(desk, expectation, since, signal)
        : Promise.resolve(null),
  };
}

async function settingsProof(
  desk: Desk,
  expected: Settings,
  since: number,
  signal: AbortSignal,
): Promise<Proof | null> {
  const { fleet } = desk;
  const members = expected.holders.flatMap(({ name }) => fleet.of(name));
  if (members.length === 0) return null;
  const asked = await askEach(
    fleet,
    members,
    async (actuator, { instance }): Promise<Has> => {
      const wanted = expected.settings.filter(
        (one) => one.instance === null || one.instance === instance.name,
      );
      if (expected.what === 'logger') {
        const { loggers } = await loggersOf(actuator, signal);
        const wrong = wanted.find(({ key, value }) => (loggers.get(key)?.configured ?? null) !== value);
        return wrong === undefined
          ? { state: 'yes' }
          : {
              state: 'no',
              why: `${wrong.key} is ${loggers.get(wrong.key)?.configured ?? 'without a level of its own'}`,
            };
      }
      for (const { key, value } of wanted) {
        const has = hasProperty(await propertyOf(actuator, key, signal), key, value, expected.source);
        if (has.state !== 'yes') return has;
      }
      return { state: 'yes' };
    },
    signal,
  );
  const away = expected.instances.filter((name) => !asked.some((one) => one.name === name));
  return sum(desk, asked, away, since);
}

function hasProperty(
  found: Awaited<ReturnType<typeof propertyOf>>,
  key: string,
  value: string | null,
  source: string | null,
): Has {
  const own = found?.sources.find(({ name }) => isNamed(name, source)) ?? null;
  if (value === null)
    return own === null
      ? { state: 'yes' }
      : { state: 'no', why: `${key} is still in ${source ?? 'a source'}` };
  if (own === null) return { state: 'no', why: `has no ${key} from ${source ?? 'there'}` };
  if (own.value === null) return { state: 'masked', why: `masks ${key}` };
  if (own.value !== value) return { state: 'no', why: `has ${key} = ${own.value.slice(0, 60)}` };
  return found?.value === value
    ? { state: 'yes' }
    : { state: 'overridden', why: `has it, but ${found?.source ?? 'another source'} stands above it` };
}

const isNamed = (name: string, source: string | null): boolean =>
  source === null || name === source || (isFromConfigServer(name) && nameOf(fileOf(name)) === source);

function sum(
  { refreshed }: Desk,
  asked: readonly Asked<Has>[],
  away: readonly string[],
  since: number,
): Proof {
  const good = asked.filter(({ told }) => told?.state === 'yes').length;
  const others = asked.flatMap(({ name, told, error }) => {
    if (told === null) return [`${name}: ${error.message}`];
    if (told.state === 'yes') return [];
    const fresh = refreshed.get(name);
    const said =
      told.state === 'masked' && fresh !== undefined && fresh.at >= since
        ? `, and its refresh said that ${fresh.keys.join(', ') || 'nothing'} changed`
        : '';
    return [`${name} ${told.why}${said}`];
  });
  const of = asked.length + away.length;
  const detail = [
    `${good} of ${of} instances have it in effect`,
    ...others,
    ...away.map((name) => `${name} is not registered now`),
  ]
    .join('; ')
    .slice(0, 500);
  const states = new Set(asked.map(({ told }) => told?.state ?? 'no'));
  if (good === of) return { state: 'seen', detail };
  if (states.has('no') || away.length > 0) return { state: 'waiting', detail };
  return { state: states.has('masked') ? 'unobservable' : 'contradicted', detail };
}
