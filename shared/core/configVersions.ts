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
        who: 'not recorded',
        source: 'Podium’s journal, as it was found',
        operationId,
        yaml: change.before,
      });
    versions.push({
      at,
      who: record.actor,
      source: 'Podium’s journal',
      operationId,
      yaml: change.withheld || change.action === 'delete' ? null : change.after,
    });
    last = change.after;
  }
  return versions.reverse();
}

const isSame = (a: DocumentRef, b: DocumentRef): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  a.namespace === b.namespace &&
  a.apiVersion.split('/')[0] === b.apiVersion.split('/')[0];
