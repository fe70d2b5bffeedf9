import { parseAllDocuments } from 'yaml';
import type { Change, Guard } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { Control, PlannedWrite } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { ConfigName } from '../api.ts';
import type { Registry } from '../registry.ts';
import { type Config, listenersOf } from '../shapes.ts';
import { md5Of, nameOf, readConfig, refOf } from './documents.ts';

/** Edits of whole texts, each fenced by the md5 of what it replaces, and kept byte for byte. */
export function createConfigControl(registry: Registry, access: () => Guard): Control<EditDocument> {
  const { api, host } = registry;

  /** As it is now, if it is the same one still. */
  async function same(document: EditDocument['document'], signal: AbortSignal): Promise<Config> {
    const { name, id } = nameOf(document);
    const now = await readConfig(registry, name, signal);
    if (now === null)
      throw new PeerError(
        'conflict',
        `${name.dataId} was deleted. Nothing was written: a write would make it anew.`,
      );
    if (id !== '' && now.id !== id)
      throw new PeerError(
        'conflict',
        `${name.dataId} was deleted and made anew meanwhile. Look at it again; nothing was written.`,
      );
    return now;
  }

  return {
    async plan({ document, edit, revision, restart }, signal) {
      if (restart.length > 0) throw new PeerError('refused', 'Nacos restarts nothing.');
      const now = await same(document, signal);
      const text = edit.kind === 'yaml' ? edit.text : textIn(edit, now.name);
      return planWrite(registry, { now, wanted: text, seen: revision, access: access() });
    },

    async planUndo(_operation, [change], signal) {
      if (change === undefined) throw new PeerError('refused', 'The journal holds no change to take back.');
      const now = await same(change.document, signal);
      const plan = planWrite(registry, { now, wanted: change.before, seen: null, access: access() });
      if (now.content === change.after) return plan;
      return {
        ...plan,
        guards: [
          ...plan.guards,
          guardOf(
            'changed',
            'tick',
            'Someone changed it since',
            'To put it back would take that away too: compare the three versions.',
          ),
        ],
        threeWay: {
          kind: 'document',
          document: change.document,
          seen: change.after,
          now: now.content,
          wanted: change.before,
          changedBy: null,
        },
      };
    },

    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'An edit writes exactly one configuration.');
      refuseElsewhere(registry, change);
      // Fenced or not, Nacos makes anew what was deleted: whether it is there is asked right before.
      const now = await same(change.document, signal);
      const moved = (): PeerError =>
        new PeerError(
          'conflict',
          `Someone else changed ${now.name.dataId} meanwhile. Nothing was written. Review it again.`,
        );
      if (md5Of(now) !== change.revision) throw moved();
      const { name, type, description, tags, appName } = now;
      try {
        const content = change.after;
        await api.publish({ name, content, type, description, tags, appName }, change.revision, signal);
      } catch (error) {
        throw error instanceof PeerError && error.kind === 'conflict' ? moved() : error;
      }
      return {
        acceptedAt: host.clock.now(),
        revisions: [{ document: change.document, revision: change.revision }],
      };
    },

    async verify(change, signal) {
      refuseElsewhere(registry, change);
      const { name, id } = nameOf(change.document);
      const now = await readConfig(registry, name, signal);
      if (now === null) return { state: 'else', revision: '', detail: 'It was deleted.', changedBy: null };
      const told = { revision: md5Of(now), changedBy: null };
      if (id !== '' && now.id !== id)
        return {
          ...told,
          state: 'else',
          detail:
            now.content === change.after
              ? 'It was deleted just before it was written, so that the write made it anew. Delete it in Nacos if it should not be there.'
              : 'It was deleted and made anew by somebody.',
        };
      if (now.content === change.after)
        return {
          ...told,
          state: 'after',
          detail: `Read back as written.${await sayListeners(registry, now, signal)}`,
        };
      if (now.content === change.before) return { ...told, state: 'before', detail: 'Still as before.' };
      return { ...told, state: 'else', detail: 'It holds neither what was before nor what was written.' };
    },
  };
}

function textIn(edit: EditDocument['edit'] & { kind: 'entries' }, { dataId }: ConfigName): string {
  const [only, ...others] = edit.set;
  if (only?.key !== dataId || others.length > 0 || edit.remove.length > 0)
    throw new PeerError(
      'refused',
      'A configuration of Nacos is one text: it has no entries to add or to remove.',
    );
  return only.value;
}

interface Wanted {
  readonly now: Config;
  readonly wanted: string;
  /** The revision that was looked at; null where nobody looked. */
  readonly seen: string | null;
  readonly access: Guard;
}

function planWrite(registry: Registry, { now, wanted, seen, access }: Wanted): PlannedWrite {
  const { name, content: before, isEncrypted, type } = now;
  if (isEncrypted)
    throw new PeerError(
      'refused',
      'A plugin of the server keeps it encrypted, which a write from here would not; it is not changed here.',
    );
  const after = withLineEnds(wanted, before);
  if (after === before) throw new PeerError('refused', 'It holds that already: there is nothing to change.');
  if (after.trim() === '') throw new PeerError('refused', 'Nacos keeps no empty configuration.');
  const document = refOf(registry, now);
  const md5 = md5Of(now);
  const steps = (value: string): Change['patch'] => [{ op: 'replace', path: '/content', value }];
  const change: Change = {
    document,
    action: 'patch',
    withheld: false,
    revision: md5,
    patch: steps(after),
    inverse: steps(before),
    before,
    after,
  };
  const moved = seen !== null && seen !== md5;
  return {
    title: `Change ${name.dataId}`,
    target: `configuration ${name.dataId} of ${name.group} in namespace ${registry.titleOf(name.namespaceId)}`,
    changes: [change],
    guards: [
      access,
      ...(seen === null ? [] : [changedGuard(moved)]),
      ...formGuards(type ?? '', name.dataId, after),
      ...(registry.api.fences
        ? []
        : [
            guardOf(
              'fence',
              'tick',
              'This version of Nacos has no fence for configuration',
              'Podium compares right before it writes; what somebody writes in between is lost.',
            ),
          ]),
    ],
    expectation: {
      kind: 'unmeasured',
      host: null,
      why: 'Nacos tells clients that it changed, and not what they do with it',
    },
    threeWay: null,
    copies: copiesOf(registry, now, after),
    split: null,
    notes: [
      'Every client that listens is told at once.',
      'Description, tags and type are written again as they are: Nacos forgets what is left out.',
    ],
    direction: 'neutral',
  };
}

const changedGuard = (moved: boolean): Guard =>
  moved
    ? guardOf('changed', 'tick', 'Someone changed it since you looked', 'Compare it with what is there now.')
    : guardOf('changed', 'pass', 'Nothing changed since you looked');

/** Editors know one kind of line end: a text that had the other throughout keeps it. */
function withLineEnds(wanted: string, before: string): string {
  const hadOther = before.includes('\r\n') && !/(^|[^\r])\n/.test(before);
  return hadOther && !wanted.includes('\r') ? wanted.replaceAll('\n', '\r\n') : wanted;
}

/** Whether it is what its type says; the type is no proof, so nothing is blocked. */
function formGuards(type: string, dataId: string, text: string): Guard[] {
  const form = type === '' || type === 'text' ? (/\.(\w+)$/.exec(dataId)?.[1] ?? '') : type;
  const problem = problemIn(form.toLowerCase(), text);
  if (problem === undefined) return [];
  return [
    problem === null
      ? guardOf('form', 'pass', `It is read as ${form} without an error`)
      : guardOf('form', 'tick', `It is no ${form}`, problem.slice(0, 300)),
  ];
}

/** Undefined for what is not looked at, null for what is fine. */
function problemIn(form: string, text: string): string | null | undefined {
  if (form === 'json') {
    try {
      JSON.parse(text);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : 'it cannot be read';
    }
  }
  if (form !== 'yaml' && form !== 'yml') return undefined;
  const documents = parseAllDocuments(text, { prettyErrors: false });
  const errors = 'empty' in documents ? [] : documents.flatMap((one) => one.errors);
  return errors[0]?.message ?? null;
}

/** How many of those who listen have it, where Nacos tells. */
async function sayListeners(registry: Registry, config: Config, signal: AbortSignal): Promise<string> {
  const data = await registry.api.listeners(config.name, signal).catch((error: unknown) => {
    if (error instanceof PeerError && !signal.aborted) return null;
    throw error;
  });
  const all = listenersOf(data);
  if (all === null) return '';
  if (all.size === 0) return ' No client listens to it.';
  const md5 = md5Of(config);
  const having = [...all.values()].filter((one) => one === md5).length;
  return ` ${having} of ${all.size} clients that listen have it.`;
}

function refuseElsewhere({ host }: Registry, { document }: Change): void {
  if (document.connectionId !== host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
}

function copiesOf(registry: Registry, now: Config, content: string): PlannedWrite['copies'] {
  const { name, type, description, tags, appName } = now;
  const v3 = registry.api.dialect === 'v3';
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const fields = Object.entries({
    namespaceId: name.namespaceId,
    [v3 ? 'groupName' : 'group']: name.group,
    dataId: name.dataId,
    type,
    desc: description,
    configTags: tags,
    appName,
    content,
  }).flatMap(([key, value]) => (value === null ? [] : [`--data-urlencode ${quote(`${key}=${value}`)}`]));
  const path = v3 ? '/v3/admin/cs/config' : '/v2/cs/config';
  const curl = [
    'curl --fail --request POST --header "Authorization: Bearer $NACOS_TOKEN"',
    `--header ${quote(`casMd5: ${md5Of(now)}`)}`,
    ...fields,
    quote(`${registry.api.url}${path}`),
  ].join(' ');
  return { tool: 'curl', command: curl, curl, patch: content };
}
