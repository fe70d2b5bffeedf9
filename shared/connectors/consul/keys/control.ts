import { parse } from 'yaml';
import { z } from 'zod';
import type { Change, Guard } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { Control, PlannedWrite } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { KeyOperation } from '../api.ts';
import { mayWrite } from '../permissions.ts';
import { yamlOf } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { type Folder, readFolder, refOf, revisionOf, textsOf } from './folders.ts';

/** Consul takes so many changes in one transaction. */
const mostOperations = 64;
const mostBytes = 512 * 1024;

const Texts = z.record(z.string(), z.string());
/** What a change is fenced by: the index of each key that it writes, 0 for those that are new. */
const Fence = z.record(z.string(), z.string().regex(/^\d+$/));

/** Edits of keys: all of one edit in a transaction, each fenced by the index that was read. */
export function createKeyControl(registry: Registry): Control<EditDocument> {
  return {
    async plan({ document, edit, revision, restart }, signal) {
      if (restart.length > 0) throw new PeerError('refused', 'Consul restarts nothing.');
      const folder = await readFolder(registry, document.name, signal);
      const now = textsOf(folder);
      const wanted = edit.kind === 'yaml' ? textsIn(edit.text) : { ...now };
      if (edit.kind === 'entries') {
        for (const { key, value } of edit.set) wanted[key] = value;
        for (const key of edit.remove) Reflect.deleteProperty(wanted, key);
      }
      return await planWrite(registry, folder, wanted, revision, signal);
    },
    async planUndo(_operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const folder = await readFolder(registry, change.document.name, signal);
      const [before, after] = [textsIn(change.before), textsIn(change.after)];
      const wanted = { ...textsOf(folder) };
      // Only what this change wrote goes back: others may have written other keys since.
      for (const key of changedIn(before, after)) {
        const was = before[key];
        if (was === undefined) Reflect.deleteProperty(wanted, key);
        else wanted[key] = was;
      }
      return await planWrite(registry, folder, wanted, revisionOf(folder), signal);
    },
    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'An edit of keys writes exactly one folder.');
      if (change.document.connectionId !== registry.host.connectionId)
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      if (!(await registry.api.transaction(operationsOf(change), signal)))
        throw new PeerError(
          'conflict',
          `Someone else changed one of these keys of ${change.document.name} meanwhile. Nothing was changed. Review it again.`,
        );
      return {
        acceptedAt: registry.host.clock.now(),
        revisions: [{ document: change.document, revision: change.revision }],
      };
    },
    async verify(change, signal) {
      const now = textsOf(await readFolder(registry, change.document.name, signal));
      const [before, after] = [textsIn(change.before), textsIn(change.after)];
      const keys = changedIn(before, after);
      const isAs = (texts: Readonly<Record<string, string>>): boolean =>
        keys.every((key) => now[key] === texts[key]);
      const state = isAs(after) ? 'after' : isAs(before) ? 'before' : 'else';
      const details = {
        after: 'Read back as written.',
        before: 'Still as before.',
        else: 'These keys hold neither what was before nor what was written.',
      };
      return { state, revision: change.revision, detail: details[state], changedBy: null };
    },
  };
}

async function planWrite(
  registry: Registry,
  folder: Folder,
  wanted: Readonly<Record<string, string>>,
  seen: string,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const now = textsOf(folder);
  const keys = changedIn(now, wanted);
  const { path } = folder;
  const refuse = (why: string): never => {
    throw new PeerError('refused', why);
  };
  if (keys.length === 0) refuse('These keys hold that already: there is nothing to change.');
  if (keys.length > mostOperations)
    refuse(`Consul takes ${mostOperations} keys at once, and ${keys.length} would change.`);
  const odd = keys.find(
    (key) => key === '' || key.endsWith('/') || key.startsWith('/') || key.includes('//'),
  );
  if (odd !== undefined) refuse(`“${odd.slice(0, 80)}” is no name of a key.`);
  const large = keys.find((key) => Buffer.byteLength(wanted[key] ?? '') > mostBytes);
  if (large !== undefined) refuse(`${large} would hold more than the 512 KiB that Consul takes.`);
  const binary = keys.find((key) => folder.keys.some(({ name, text }) => name === key && text === null));
  if (binary !== undefined) refuse(`${binary} holds no text, so it is not changed here.`);
  const indexes = new Map(folder.keys.map(({ name, index }) => [name, index]));
  const fence = Object.fromEntries(keys.map((key) => [key, indexes.get(key) ?? '0']));
  const pointer = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const stepsTo = (from: Readonly<Record<string, string>>, to: Readonly<Record<string, string>>) =>
    keys.map((key): Change['patch'][number] =>
      to[key] === undefined
        ? { op: 'remove', path: pointer(key) }
        : { op: from[key] === undefined ? 'add' : 'replace', path: pointer(key), value: to[key] },
    );
  const change: Change = {
    document: refOf(registry, path),
    action: 'patch',
    withheld: false,
    revision: JSON.stringify(fence),
    patch: stepsTo(now, wanted),
    inverse: stepsTo(wanted, now),
    before: yamlOf(now),
    after: yamlOf(wanted),
  };
  const allowed = await Promise.all(
    keys.map((key) => mayWrite(registry.api, 'key', `${path}/${key}`, signal)),
  );
  const denied = keys.filter((_, index) => allowed[index] === false);
  const operations = JSON.stringify(
    operationsOf(change).map(({ verb, key, value, index }) => ({
      KV: { Verb: verb, Key: key, Index: Number(index), ...(value === null ? {} : { Value: value }) },
    })),
  );
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const server = registry.api.route.replace(/^at /, '');
  const curl = `curl --request PUT --header "X-Consul-Token: $CONSUL_HTTP_TOKEN" --data ${quote(operations)} ${quote(`${server}/v1/txn?dc=${encodeURIComponent(registry.datacenter)}`)}`;
  return {
    title: `Change ${keys.length === 1 ? (keys[0] ?? '') : `${keys.length} keys`} of ${path}`,
    target: `keys below ${path}`,
    changes: [change],
    guards: [
      denied.length > 0
        ? guardOf(
            'access',
            'block',
            `Your token may not write ${denied.join(', ')}`,
            'Ask for a token with key:write.',
          )
        : allowed.includes(null)
          ? guardOf(
              'access',
              'tick',
              'Consul did not say whether you may do this',
              'The write itself will tell.',
            )
          : guardOf('access', 'pass', `Your token may write below ${path}`),
      seen === revisionOf(folder)
        ? guardOf('changed', 'pass', 'Nothing changed since you looked')
        : guardOf(
            'changed',
            'tick',
            'Someone changed keys of this folder since you looked',
            'Compare what is there now.',
          ),
      ...expressionGuards(keys, wanted),
    ],
    expectation: {
      kind: 'unmeasured',
      host: null,
      why: 'Consul does not say who reads a key, nor when it is read again',
    },
    threeWay: null,
    copies: { tool: 'curl', command: curl, curl, patch: JSON.stringify(change.patch, null, 2) },
    split: null,
    notes: ['All of it is written in one transaction, or nothing.'],
    direction: 'neutral',
  };
}

/**
 * Consul keeps any text. An application of Spring that reads it evaluates `#{…}`, and old loggers look up `${jndi:…}`, both
 * with all rights of the service; a plain `${…}` is how such texts name other properties.
 */
function expressionGuards(keys: readonly string[], wanted: Readonly<Record<string, string>>): Guard[] {
  const telling = keys.filter((key) => /#\{|\$\{[^}]*jndi:/i.test(wanted[key] ?? ''));
  return telling.length === 0
    ? []
    : [
        guardOf(
          'expressions',
          'tick',
          `${telling.slice(0, 3).join(', ')} holds an expression that its reader may evaluate`,
          '“#{…}” and “${jndi:…}” are run by applications of Spring that read them, with all their rights. Go on only if that is meant.',
        ),
      ];
}

function operationsOf({ document, after, revision }: Change): KeyOperation[] {
  const wanted = textsIn(after);
  return Object.entries(Fence.parse(JSON.parse(revision))).map(([key, index]) => {
    const text = wanted[key];
    return {
      verb: text === undefined ? 'delete-cas' : 'cas',
      key: `${document.name}/${key}`,
      value: text === undefined ? null : Buffer.from(text, 'utf8').toString('base64'),
      index,
    };
  });
}

function textsIn(yaml: string): Record<string, string> {
  const read = Texts.safeParse(parse(yaml) ?? {});
  if (read.success) return read.data;
  throw new PeerError('refused', 'It is not a list of keys with a text each.');
}

const changedIn = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]);
