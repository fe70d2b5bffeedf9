import type { ConfigVersion } from '../model/config.ts';
import type { DocumentRef } from '../model/entity.ts';
import type { OperationRecord } from '../model/record.ts';

/** How many operations of a document are looked for. */
const most = 200;

/** What to ask the journal for when looking for the versions of a document. */
export const versionsFilter = ({ name }: DocumentRef, connectionTitle: string) => ({
  query: name,
  connectionTitle,
  states: ['written', 'partly'] as const,
  limit: most,
});

/** The versions of a document that operations of ours wrote or found, newest first. Values of Secrets are in none. */
export function versionsIn(records: readonly OperationRecord[], document: DocumentRef): ConfigVersion[] {
  const versions: ConfigVersion[] = [];
  let last: string | null = null;
  for (const record of records.toSorted((a, b) => a.at - b.at)) {
    const place = record.changes.findIndex((change) => isSame(change.document, document));
    const change = record.changes[place];
    // Of a write that was cut short only the first documents were written.
    if (change === undefined || (record.state === 'partly' && place >= (record.writtenChanges ?? 0)))
      continue;
    const { id: operationId, at } = record;
    if (!change.withheld && change.before !== '' && change.before !== last)
      versions.push({
        at,
        who: 'someone past this Podium',
        source: 'Podium’s journal, as it was found',
        operationId,
        note: `${record.actor} found it so at the change that follows; when it was written is not in the journal`,
        yaml: change.before,
      });
    versions.push({
      at,
      who: record.actor,
      source: 'Podium’s journal',
      operationId,
      note: change.withheld ? 'values of Secrets are not kept' : null,
      yaml: change.withheld || change.action === 'delete' ? null : change.after,
    });
    last = change.after;
  }
  return versions.reverse();
}

/**
 * Says of the versions that were found who wrote to the document last before, by what the peer keeps of its writers: each
 * one's last write only, so that a later one of the same writer hides it.
 */
export function withLastWriters(
  versions: readonly ConfigVersion[],
  writers: readonly Pick<ConfigVersion, 'who' | 'at' | 'source'>[],
): ConfigVersion[] {
  return versions.map((version, place) => {
    const { at, note, operationId } = version;
    const isFound = versions[place - 1]?.operationId === operationId && note !== null;
    if (!isFound || at === null) return version;
    const since = versions[place + 1]?.at ?? Number.NEGATIVE_INFINITY;
    const last = writers
      .filter((one) => one.at !== null && one.at > since && one.at <= at)
      .sort((a, b) => (b.at ?? 0) - (a.at ?? 0))[0];
    if (last?.at == null) return version;
    const time = new Date(last.at).toISOString().slice(0, 19).replace('T', ' ');
    return { ...version, note: `${note}; ${last.who} wrote to it at ${time} UTC, by ${last.source}` };
  });
}

const isSame = (a: DocumentRef, b: DocumentRef): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  a.namespace === b.namespace &&
  a.apiVersion.split('/')[0] === b.apiVersion.split('/')[0];
