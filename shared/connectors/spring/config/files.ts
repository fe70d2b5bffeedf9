import { z } from 'zod';
import type { Change, Guard, Settings } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { Control, PlannedWrite } from '../../kit/control.ts';
import type { NamedFolder, Written } from '../../kit/folder.ts';
import { quoted } from '../../kit/words.ts';
import { PeerError, type PeerErrorKind, sayError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { type Asker, nameOf, type ServedSource } from './configServer.ts';
import { type BackendFile, backendFile, type Desk, justRefreshed, refOf } from './desk.ts';
import { digestOf } from './digest.ts';
import { refreshIn } from './endpoints.ts';
import { effectiveIn, type Environment } from './environment.ts';
import { Hunk, hunksOf, linesOf, takenBack } from './hunks.ts';
import {
  type Asked,
  askerOf,
  askInTurns,
  environmentsOf,
  everybody,
  goneGuard,
  hasFile,
  registersAnew,
  sayNames,
} from './instances.ts';
import { readSourceText } from './readSourceText.ts';
import { sayKeys, type Wanted, wantedOf } from './values.ts';

/** A file with those who get it. */
interface Served {
  readonly found: BackendFile;
  readonly source: ServedSource;
  readonly asker: Asker;
  /** Instances that have it, or of which nobody knows. */
  readonly environments: readonly Asked<Environment>[];
}

const Undoing = z.object({
  file: z.string(),
  /** The text that the lines are of. */
  of: z.string(),
  hunks: z.array(Hunk),
  /** Who refreshes. */
  instances: z.array(z.string()),
  keys: z.array(z.tuple([z.string(), z.string().nullable()])),
  /** The branch that was checked out; absent outside a Git work tree. */
  branch: z.string().optional(),
});

/** Edits of the Config Server's files: compared, written whole, then every instance that gets the file refreshes. */
export function createFileControl(desk: Desk): Control<EditDocument> {
  const { fleet } = desk;
  return {
    async plan(operation, signal) {
      const wanted = wantedOf(operation, 'property');
      const served = await findServed(desk, operation.document.name, [], signal);
      const text = [...wanted].reduce(
        (now, [key, value]) => readSourceText(served.found.file, now).with(key, value),
        served.found.text,
      );
      return planWrite(desk, served, text, wanted, operation.revision);
    },
    async planUndo(_operation, [change], signal) {
      const undoing = Undoing.safeParse(change?.inverse[0]?.value).data;
      if (change === undefined || undoing === undefined)
        throw new PeerError('refused', 'The journal does not say how this file was before.');
      const served = await findServed(desk, undoing.file, undoing.instances, signal);
      const wanted: Wanted = new Map(undoing.keys);
      const { text, file, folder } = served.found;
      refuseOtherBranch(folder, undoing.branch);
      const back =
        (digestOf(text) === undoing.of ? takenBack(text, undoing.hunks) : null) ??
        [...wanted].reduce((now, [key, value]) => readSourceText(file, now).with(key, value), text);
      const planned = planWrite(desk, served, back, wanted, digestOf(text));
      const gone = undoing.instances.filter((name) => !served.environments.some((one) => one.name === name));
      return gone.length === 0 ? planned : { ...planned, guards: [...planned.guards, goneGuard(gone)] };
    },
    async apply({ changes }, signal) {
      const [change] = changes;
      if (
        change === undefined ||
        changes.length !== 1 ||
        change.document.connectionId !== fleet.host.connectionId
      )
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const { name } = change.document;
      const doing = Undoing.parse(change.patch[0]?.value);
      const served = await findServed(desk, name, doing.instances, signal);
      const { found } = served;
      refuseOtherBranch(found.folder, doing.branch);
      const text = takenBack(found.text, doing.hunks);
      if (digestOf(found.text) !== change.revision || text === null) throw moved(name);
      const written = await write(found, text, change);
      await refreshAll(desk, served, new Map(doing.keys), signal);
      return {
        acceptedAt: fleet.host.clock.now(),
        revisions: [{ document: change.document, revision: written.commit?.slice(0, 12) ?? digestOf(text) }],
      };
    },
    async verify(change) {
      const { name } = change.document;
      const folder = await desk.folder();
      // Another branch may well have no such file.
      const { branch } = Undoing.parse(change.patch[0]?.value);
      if (folder !== null) refuseOtherBranch(folder, branch, 'unreachable');
      const text = (await folder?.read(name)) ?? null;
      if (folder === null || text === null)
        throw new PeerError('notFound', `${name} cannot be read on this machine now.`);
      const { values } = readSourceText(name, text);
      const has = (steps: Change['patch']): boolean =>
        Undoing.parse(steps[0]?.value).keys.every(([key, value]) => (values.get(key) ?? null) === value);
      const state = has(change.patch) ? 'after' : has(change.inverse) ? 'before' : 'else';
      const details = {
        after: `${name} in ${folder.path} says it.`,
        before: `${name} in ${folder.path} is as before.`,
        else: `${name} in ${folder.path} says neither what was before nor what was written.`,
      };
      return { state, revision: digestOf(text), detail: details[state], changedBy: null };
    },
  };
}

/** A Config Server checks out what an application asks for, in the very work tree where it is given one (its `file:` URIs). */
function refuseOtherBranch(
  { path, branch }: NamedFolder,
  meant: string | undefined,
  kind: PeerErrorKind = 'conflict',
): void {
  if (meant !== undefined && meant !== branch)
    throw new PeerError(
      kind,
      `${path} is on ${branch ?? 'no branch'} now and not on ${meant}: its Config Server checks out what applications ask for. Try again in a moment.`,
    );
}

const moved = (name: string): PeerError =>
  new PeerError('conflict', `Somebody changed ${name} meanwhile. Nothing was written. Review it again.`);

async function write(
  { folder, file, text: was }: BackendFile,
  text: string,
  change: Change,
): Promise<Written> {
  try {
    const message = `${file}: change ${Undoing.parse(change.patch[0]?.value)
      .keys.map(([key]) => key)
      .join(', ')}\n\nBy Podium.\n`;
    const written = await folder.write({ file, was, text, message });
    if (written === false) throw moved(file);
    return written;
  } catch (error) {
    if (error instanceof PeerError) throw error;
    throw new PeerError('refused', `Nothing was written: ${sayError(error, `Writing ${file}`)}`);
  }
}

/** Who gets a file, by the environments of all instances; what the Config Server says of it; and the file itself. */
async function findServed(
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

function planWrite(desk: Desk, served: Served, text: string, wanted: Wanted, seen: string): PlannedWrite {
  const { found, source, environments, asker } = served;
  const { folder, file, text: was } = found;
  if (text === was) throw new PeerError('refused', `${file} says that already: there is nothing to change.`);
  const before = readSourceText(file, was);
  const after = readSourceText(file, text);
  const hunks = hunksOf(was, text);
  const back = hunksOf(text, was);
  const keys = [...wanted.keys()];
  const branch = folder.branch === null ? {} : { branch: folder.branch };
  const instances = environments.map(({ name }) => name);
  const beside = hunks.some((hunk) => secretsIn(file, was, text, hunk));
  if (beside)
    throw new PeerError(
      'refused',
      `A value that looks secret stands in the same lines of ${file}: change it there by hand.`,
    );
  const stepOf = (value: unknown): Change['patch'] => [{ op: 'replace', path: '', value }];
  const change: Change = {
    document: refOf(desk, 'ConfigFile', file),
    action: 'patch',
    withheld: false,
    revision: digestOf(was),
    patch: stepOf({ file, of: digestOf(was), hunks, instances, keys: [...wanted], ...branch }),
    inverse: stepOf({
      file,
      of: digestOf(text),
      hunks: back,
      instances,
      keys: keys.map((key) => [key, before.values.get(key) ?? null]),
      ...branch,
    }),
    before: before.covered,
    after: after.covered,
  };
  const told = environments.filter(({ error }) => error === null);
  const unread = environments.filter(({ error }) => error !== null);
  const services = [...new Set(environments.map(({ member }) => member.instance.service))].sort();
  const settings: Settings = {
    kind: 'settings',
    host: services.length === 1 ? (services[0] ?? null) : null,
    holders: services.map((name) => ({ namespace: 'default', name })),
    what: 'property',
    instances,
    source: nameOf(source.file),
    settings: [...wanted].map(([key, value]) => ({ key, value, instance: null })),
  };
  const refreshes = environments.map(
    ({ member }) => `curl --fail --request POST ${quoted(`${member.instance.management}/refresh`)}`,
  );
  const where =
    folder.branch === null ? `in ${folder.path}` : `in ${folder.path}, committed to ${folder.branch}`;
  const command = [`# ${keys.join(', ')} of ${folder.path}/${file}, then:`, ...refreshes].join('\n');
  return {
    title: `Change ${sayKeys(wanted, 'properties')} in ${file} and refresh ${sayCount(environments.length)} of ${services.join(', ')}`,
    target: `${file} ${where}`,
    changes: [change],
    guards: [
      guardOf(
        'config-file',
        'pass',
        `${file} is what the Config Server hands out to ${asker.app}`,
        folder.branch === null ? null : `It is committed to ${folder.branch} and not pushed.`,
      ),
      seen === digestOf(was)
        ? guardOf('changed', 'pass', 'Nothing changed since you looked')
        : guardOf(
            'changed',
            'tick',
            `Somebody changed ${file} since you looked`,
            'Compare what is there now.',
          ),
      ...overriddenGuards(told, source, keys),
      ...unreadGuards(unread),
      ...(services.length > 1
        ? [
            guardOf(
              'shared-file',
              'tick',
              `${services.length} services get ${file}: ${services.join(', ')}`,
              'All their instances refresh.',
            ),
          ]
        : []),
    ],
    expectation: settings,
    threeWay: null,
    copies: {
      tool: 'curl',
      command,
      curl: command,
      patch: JSON.stringify(Object.fromEntries(wanted), null, 2),
    },
    taker: `${folder.path} on this machine`,
    split: null,
    notes: [
      `The file is written whole, ${where}; then ${sayNames(environments.map(({ name }) => name))} refresh. Beans of @RefreshScope and @ConfigurationProperties take the new value; what reads it only once does at its next start.`,
      registersAnew,
      ...(folder.branch === null
        ? []
        : ['Podium does not push. A Config Server that reads another repository has it once somebody does.']),
    ],
    direction: 'neutral',
  };
}

/** Where something stands above the file, instances go on with that. */
function overriddenGuards(
  told: readonly Asked<Environment>[],
  source: ServedSource,
  keys: readonly string[],
): Guard[] {
  const found = told.flatMap(({ name, told: environment }) =>
    keys.flatMap((key) => {
      const effective = environment === null ? null : effectiveIn(environment, key);
      if (effective === null || effective.source.endsWith(source.name)) return [];
      const own = environment?.sources.findIndex((one) => one.name.endsWith(source.name)) ?? -1;
      const other = environment?.sources.findIndex((one) => one.name === effective.source) ?? -1;
      return other >= 0 && other < own ? [`${name}: ${key} from ${effective.source}`] : [];
    }),
  );
  if (found.length === 0) return [];
  return [
    guardOf(
      'overridden',
      'tick',
      'Something stands above this file, so these instances go on with that',
      found.join('; ').slice(0, 500),
    ),
  ];
}

function unreadGuards(unread: readonly Asked<unknown>[]): Guard[] {
  if (unread.length === 0) return [];
  const why = unread.map(({ name, error }) => `${name}: ${error?.message ?? ''}`).join('; ');
  return [
    guardOf(
      'instances',
      'tick',
      `${unread.length} instances do not show their environment now`,
      why.slice(0, 500),
    ),
  ];
}

/** A Config Server that checks out a branch first takes its time; a write is given up after thirty seconds. */
const looks = 12;

/** Once the Config Server hands it out, and not before: a refresh until then would fetch what was. */
async function refreshAll(
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

/** Whether lines that the journal would keep hold a covered value. */
function secretsIn(file: string, was: string, text: string, { at, out, in: put }: Hunk): boolean {
  const isHidden = (whole: string, lines: string): boolean => {
    const { covered } = readSourceText(file, whole);
    const from = linesOf(whole).slice(0, at).join('').length;
    return covered !== whole && !covered.includes(lines) && lines !== '' && whole.startsWith(lines, from);
  };
  return isHidden(was, out) || isHidden(text, put);
}

const sayCount = (count: number): string => (count === 1 ? '1 instance' : `${count} instances`);
