import { PeerError } from '../../kit/peerError.ts';
import type { Asker, ServedSource } from './configServer.ts';
import { type BackendFile, backendFile, type Desk, justRefreshed } from './desk.ts';
import { refreshIn } from './endpoints.ts';
import type { Environment } from './environment.ts';
import { type Asked, askerOf, askInTurns, environmentsOf, everybody, hasFile } from './instances.ts';
import type { Wanted } from './values.ts';

/** A file with those who get it. */
export interface Served {
  readonly found: BackendFile;
  readonly source: ServedSource;
  readonly asker: Asker;
  /** Instances that have it, or of which nobody knows. */
  readonly environments: readonly Asked<Environment>[];
}

/** Who gets a file, by the environments of all instances; what the Config Server says of it; and the file itself. */
export async function findServed(
  desk: Desk,
  name: string,
  instances: readonly string[],
  signal: AbortSignal,
): Promise<Served> {
  const { fleet, server } = desk;
  if (server === null)
    throw new PeerError(
      'refused',
      'No address of the Config Server was given for this connection: fill it in to change its files.',
    );
  const all = await environmentsOf(
    fleet,
    await everybody(fleet, [...instances, ...justRefreshed(desk, null)], signal),
    signal,
  );
  const tried = new Set<string>();
  for (const one of all) {
    const asker = askerOf(one.told, one.member.instance.service);
    const key = JSON.stringify(asker);
    if (tried.has(key)) continue;
    tried.add(key);
    const sources = await server.sources(asker, signal);
    const source = sources.find(({ file: { path } }) => path === name || path.endsWith(`/${name}`));
    if (source === undefined) continue;
    const found = await backendFile(desk, source);
    const mine = (other: Asked<Environment>): boolean =>
      hasFile(other, source.file) ?? other.member.instance.service === one.member.instance.service;
    return { found, source, asker, environments: all.filter(mine) };
  }
  throw new PeerError('notFound', `No service here gets ${name} of the Config Server ${server.route} now.`);
}

/** A Config Server that checks out a branch first takes its time; a write is given up after thirty seconds. */
const looks = 12;

/** Once the Config Server hands it out, and not before: a refresh until then would fetch what was. */
export async function refreshAll(
  desk: Desk,
  { source, asker, environments }: Served,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const { fleet, server, refreshed } = desk;
  const { clock } = fleet.host;
  const isOut = async (): Promise<boolean> => {
    const sources = (await server?.sources(asker, signal).catch(() => null)) ?? [];
    const now = sources.find(({ name }) => name === source.name)?.properties;
    return now !== undefined && [...wanted].every(([key, value]) => (now.get(key) ?? null) === value);
  };
  for (let look = 0; look < looks && !(await isOut()); look += 1) {
    if (look === looks - 1) return;
    await clock.sleep(1_000, signal);
  }
  const members = environments.map(({ member }) => member);
  await askInTurns(
    fleet,
    members,
    async (actuator, { instance }) => {
      const keys = await refreshIn(actuator, signal);
      refreshed.set(instance.name, { at: clock.now(), service: instance.service, keys });
    },
    signal,
  );
}
