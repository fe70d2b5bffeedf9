import { z } from 'zod';
import type { Change, Guard, Settings } from '../../../model/change.ts';
import type { PlannedWrite } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { quoted } from '../../kit/words.ts';
import { nameOf, type ServedSource } from './configServer.ts';
import { type Desk, refOf } from './desk.ts';
import { digestOf } from './digest.ts';
import { effectiveIn, type Environment } from './environment.ts';
import { Hunk, hunksOf, linesOf } from './hunks.ts';
import { type Asked, registersAnew, sayNames } from './instances.ts';
import { readSourceText } from './readSourceText.ts';
import type { Served } from './servedFile.ts';
import { sayKeys, type Wanted } from './values.ts';

/** What the journal keeps of an edit, either way: the lines, who refreshes, and the values that are then there. */
export const Undoing = z.object({
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

/** The edit of a file for review, with its way back. */
export function planWrite(
  desk: Desk,
  served: Served,
  text: string,
  wanted: Wanted,
  seen: string,
): PlannedWrite {
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
