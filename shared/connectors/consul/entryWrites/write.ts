import { parse } from 'yaml';
import type { Change } from '../../../model/change.ts';
import { type PlannedWrite, PartlyWritten, type Receipt } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import { type EntryKind, entryKinds } from '../api.ts';
import type { Entry } from '../entries.ts';
import { yamlOf } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { refOf } from '../splits.ts';
import { changeOf, type Edit } from './change.ts';
import type { Content } from './content.ts';

/** As the leader has it now; null where there is none. */
export async function find(
  registry: Registry,
  kind: EntryKind,
  name: string,
  signal: AbortSignal,
): Promise<Entry | null> {
  try {
    return await registry.fresh(kind, name, signal);
  } catch (error) {
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}

export const contentIn = (yaml: string): Content => (yaml === '' ? {} : (parse(yaml) as Content));

/** The parts of a plan that say what is written. */
export function written(
  registry: Registry,
  edits: readonly Edit[],
): Pick<PlannedWrite, 'target' | 'changes' | 'threeWay' | 'copies' | 'split'> {
  const changes = edits.map((edit) => changeOf(registry, edit));
  const server = registry.api.route.replace(/^at /, '');
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const commands = edits.map(({ kind, name, before, after }) =>
    after === null
      ? `consul config delete -kind ${kind} -name ${quote(name)} -cas -modify-index ${before?.modifyIndex ?? ''}`
      : `consul config write -cas -modify-index ${before?.modifyIndex ?? '0'} - <<< ${quote(JSON.stringify(after))}`,
  );
  const curls = edits.map(({ kind, name, before, after }) =>
    after === null
      ? `curl --request DELETE --header "X-Consul-Token: $CONSUL_HTTP_TOKEN" ${quote(`${server}/v1/config/${kind}/${encodeURIComponent(name)}?cas=${before?.modifyIndex ?? ''}`)}`
      : `curl --request PUT --header "X-Consul-Token: $CONSUL_HTTP_TOKEN" --data ${quote(JSON.stringify(after))} ${quote(`${server}/v1/config?cas=${before?.modifyIndex ?? '0'}`)}`,
  );
  return {
    target: edits.map(({ kind, name }) => `${kind} ${name}`).join(', '),
    changes,
    threeWay: null,
    copies: {
      tool: 'consul',
      command: commands.join('\n'),
      curl: curls.join('\n'),
      patch: JSON.stringify(
        changes.flatMap(({ patch }) => patch),
        null,
        2,
      ),
    },
    split: null,
  };
}

/** Writes one entry after the other, each fenced by its index. Throws `PartlyWritten` where a later one was refused. */
export async function applyChanges(
  registry: Registry,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<Receipt> {
  const revisions: Receipt['revisions'][number][] = [];
  for (const change of changes) {
    try {
      await writeOne(registry, change, signal);
    } catch (error) {
      if (revisions.length > 0 && error instanceof PeerError)
        throw new PartlyWritten({ acceptedAt: registry.host.clock.now(), revisions }, error);
      throw error;
    }
    // The answer is a bare "true"; what is stored now is read, and not having read it loses nothing.
    const { kind, name } = change.document;
    const entry =
      change.action === 'delete' ? null : await find(registry, kindOf(kind), name, signal).catch(() => null);
    revisions.push({
      document: entry === null ? change.document : refOf(registry, entry),
      revision: entry?.modifyIndex ?? '',
      ...(entry === null ? {} : { after: yamlOf(entry.content) }),
    });
  }
  return { acceptedAt: registry.host.clock.now(), revisions };
}

/** Consul answers a lost race with 200 and "false": only the body tells. */
async function writeOne(registry: Registry, change: Change, signal: AbortSignal): Promise<void> {
  const { kind, name, connectionId } = change.document;
  if (connectionId !== registry.host.connectionId)
    throw new PeerError('refused', 'This change was planned on another connection; nothing is written here.');
  const { api } = registry;
  const taken = await (change.action === 'create'
    ? api.createEntry(contentIn(change.after), signal)
    : change.action === 'delete'
      ? api.deleteEntry(kindOf(kind), name, change.revision, signal)
      : api.putEntry(contentIn(change.after), change.revision, signal));
  if (!taken)
    throw new PeerError(
      'conflict',
      `Someone else changed ${kind} ${name} meanwhile. Nothing was changed. Review it again.`,
    );
}

/** Throws `PeerError` for kinds that Podium does not write. */
export function kindOf(kind: string): EntryKind {
  const known = entryKinds.find((one) => one === kind);
  if (known !== undefined) return known;
  throw new PeerError('refused', `Podium writes no ${kind} entries.`);
}
