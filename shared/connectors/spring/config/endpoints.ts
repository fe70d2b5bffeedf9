import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';
import type { Actuator } from '../api.ts';
import { entriesOf, type Environment, readEnvironment, readProperty } from './environment.ts';

/** The first refresh of a process took 4 s on a busy machine: beans are made anew. */
const refreshMs = 20_000;

export async function environmentOf(actuator: Actuator, signal: AbortSignal): Promise<Environment> {
  const body = await actuator.ask({ tried: 'Reading the environment', path: '/env' }, signal);
  return readEnvironment(body) ?? notActuator(actuator, 'env');
}

/** Null where no source has it. */
export async function propertyOf(
  actuator: Actuator,
  key: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof readProperty>> {
  const path = `/env/${encodeURIComponent(key)}`;
  const body = await actuator.ask({ tried: `Reading ${key}`, path, good: [200, 404] }, signal);
  return body === null ? null : (readProperty(body) ?? notActuator(actuator, 'env'));
}

/** Into the source “manager”, above all others. There only with `management.endpoint.env.post.enabled`. */
export async function overrideIn(
  actuator: Actuator,
  name: string,
  value: string,
  signal: AbortSignal,
): Promise<void> {
  await actuator.ask(
    { tried: `Overriding ${name}`, method: 'POST', path: '/env', body: { name, value } },
    signal,
  );
}

/** Every override of the instance, whoever made it. */
export async function dropOverridesIn(actuator: Actuator, signal: AbortSignal): Promise<void> {
  await actuator.ask({ tried: 'Dropping overrides', method: 'DELETE', path: '/env' }, signal);
}

/** Reads the Config Server anew and makes beans anew; answers with keys that changed, of which overrides are none. */
export async function refreshIn(actuator: Actuator, signal: AbortSignal): Promise<readonly string[]> {
  const asking = { tried: 'Refreshing', method: 'POST', path: '/refresh', limitMs: refreshMs } as const;
  return (
    z.array(z.string()).safeParse(await actuator.ask(asking, signal)).data ?? notActuator(actuator, 'refresh')
  );
}

/** A logger of one instance. */
export interface Logger {
  /** Null where it has the level of the one above it. */
  readonly configured: string | null;
  readonly effective: string | null;
}

const One = z.object({ configuredLevel: z.string().nullish(), effectiveLevel: z.string().nullish() });
const All = z.object({ levels: z.array(z.string()).default([]), loggers: z.unknown().optional() });

export async function loggersOf(
  actuator: Actuator,
  signal: AbortSignal,
): Promise<{ readonly levels: readonly string[]; readonly loggers: ReadonlyMap<string, Logger> }> {
  const read = All.safeParse(await actuator.ask({ tried: 'Reading loggers', path: '/loggers' }, signal)).data;
  if (read === undefined) return notActuator(actuator, 'loggers');
  const loggers = entriesOf(read.loggers).flatMap(([name, found]) => {
    const one = One.safeParse(found).data;
    if (one === undefined) return [];
    return [
      [name, { configured: one.configuredLevel ?? null, effective: one.effectiveLevel ?? null }] as const,
    ];
  });
  return { levels: read.levels, loggers: new Map(loggers) };
}

/** Null gives it the level of the logger above it. */
export async function setLevelIn(
  actuator: Actuator,
  logger: string,
  level: string | null,
  signal: AbortSignal,
): Promise<void> {
  const path = `/loggers/${encodeURIComponent(logger)}`;
  const body = { configuredLevel: level };
  const good = [204, 200];
  await actuator.ask({ tried: `Setting the level of ${logger}`, method: 'POST', path, body, good }, signal);
}

function notActuator({ route }: Actuator, endpoint: string): never {
  throw new PeerError('notThePeer', `What answers ${route}/${endpoint} is no actuator of Spring Boot.`);
}
