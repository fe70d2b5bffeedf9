import { ask } from '../../client/link.ts';

/** Has the console write the matching records, and saves them where the browser saves files. */
export async function exportJournal(format: 'json' | 'markdown', query: string): Promise<void> {
  const { fileName, text } = await ask((client) =>
    client.journal.exportAs({ format, query: query.slice(0, 200) }),
  );
  const type = format === 'json' ? 'application/json' : 'text/markdown';
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download holds on to the blob by itself once it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
