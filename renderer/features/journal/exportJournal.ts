import { ask } from '../../client/link.ts';
import { offerFile } from '../../ui/offerFile.ts';

const types = { csv: 'text/csv', json: 'application/json', markdown: 'text/markdown' };

/** Has the console write the matching records, and saves them where the browser saves files. */
export async function exportJournal(format: keyof typeof types, query: string): Promise<void> {
  const { fileName, text } = await ask((client) =>
    client.journal.exportAs({ format, query: query.slice(0, 200) }),
  );
  offerFile(fileName, new Blob([text], { type: types[format] }));
}
