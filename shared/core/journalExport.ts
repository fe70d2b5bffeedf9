import type { OperationRecord } from '../model/record.ts';
import { sayPlace } from './sayPlace.ts';

/** The journal as a file: everything as JSON, or what people read as Markdown. Times are UTC in both. */
export function exportJournal(
  records: readonly OperationRecord[],
  format: 'json' | 'markdown',
  now: number,
): { fileName: string; text: string } {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[:T]/g, '-');
  if (format === 'json') {
    return { fileName: `podium-journal-${stamp}.json`, text: `${JSON.stringify(records, null, 2)}\n` };
  }
  const head = `# Podium journal\n\n${records.length} operations, exported ${new Date(now).toISOString()}.\n`;
  return { fileName: `podium-journal-${stamp}.md`, text: [head, ...records.map(section)].join('\n') };
}

function section(record: OperationRecord): string {
  const lines = [
    `## ${cell(record.title)}`,
    '',
    '| | |',
    '|---|---|',
    `| when | ${new Date(record.at).toISOString()} |`,
    `| who | ${cell(record.actor)} |`,
    `| why | ${cell(record.reason) || '–'} |`,
    `| where | ${cell(sayPlace(record.connection))}, ${cell(record.connection.server)} |`,
    `| target | ${cell(record.target)} |`,
    `| state | ${record.state}${record.error === null ? '' : `: ${cell(record.error)}`} |`,
    ...record.rungs.map((rung) => `| ${rung.rung} | ${rung.state}: ${cell(rung.detail)} |`),
    ...(record.effect === null ? [] : [`| effect | ${effectText(record.effect)} |`]),
    ...(record.overrides.length === 0 ? [] : [`| overrides | ${cell(record.overrides.join('; '))} |`]),
    ...(record.undoneBy === null ? [] : [`| undone by | ${record.undoneBy} |`]),
    '',
  ];
  for (const change of record.changes) {
    lines.push('```json', JSON.stringify(change.patch), '```', '');
  }
  return lines.join('\n');
}

function effectText(effect: NonNullable<OperationRecord['effect']>): string {
  const percent = (ratio: number | null) => (ratio === null ? 'not known' : `${(ratio * 100).toFixed(2)} %`);
  const ms = (value: number | null) => (value === null ? 'not known' : `${Math.round(value)} ms`);
  return `errors ${percent(effect.before.errorRatio)} → ${percent(effect.after.errorRatio)}, p99 ${ms(effect.before.p99Ms)} → ${ms(effect.after.p99Ms)}`;
}

/** Keeps a text inside its table cell and its heading. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/([|`<>*_[\]#\\])/g, '\\$1');
}
