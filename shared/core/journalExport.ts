import { toldRungs } from '../analysis/recordEnd.ts';
import { type CsvColumn, csvOf } from '../analysis/csv.ts';
import { type OperationRecord, Rung } from '../model/record.ts';
import { sayPlace } from './sayPlace.ts';

type JournalFormat = 'csv' | 'json' | 'markdown';

/** The journal as a file: everything as JSON, what people read as Markdown, a line each as CSV. Times are UTC. */
export function exportJournal(
  records: readonly OperationRecord[],
  format: JournalFormat,
  now: number,
): { fileName: string; text: string } {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const { ending, write } = writers[format];
  return { fileName: `podium-journal-${stamp}.${ending}`, text: write(records, now) };
}

type Writer = (records: readonly OperationRecord[], now: number) => string;

const writers: Readonly<Record<JournalFormat, { readonly ending: string; readonly write: Writer }>> = {
  json: { ending: 'json', write: (records) => `${JSON.stringify(records, null, 2)}\n` },
  markdown: { ending: 'md', write: markdownOf },
  csv: { ending: 'csv', write: (records) => csvOf(columns, records) },
};

const columns: readonly CsvColumn<OperationRecord>[] = [
  ['when', ({ at }) => new Date(at).toISOString()],
  ['who', ({ actor }) => actor],
  ['operation', ({ title }) => title],
  ['why', ({ reason }) => reason],
  ['connection', ({ connection }) => connection.title],
  ['environment', ({ connection }) => connection.environment],
  ['server', ({ connection }) => connection.server],
  ['service', ({ serviceName }) => serviceName],
  ['target', ({ target }) => target],
  ['state', ({ state }) => state],
  ['error', ({ error }) => error],
  ...Rung.shape.rung.options.map(
    (name) => [name, (record: OperationRecord) => rungIn(record, name)?.state ?? null] as const,
  ),
  ['error ratio before', ({ effect }) => effect?.before.errorRatio ?? null],
  ['error ratio after', ({ effect }) => effect?.after.errorRatio ?? null],
  ['p99 before (ms)', ({ effect }) => effect?.before.p99Ms ?? null],
  ['p99 after (ms)', ({ effect }) => effect?.after.p99Ms ?? null],
  ['overrides', ({ overrides }) => overrides.join('; ')],
  ['id', ({ id }) => id],
  ['undo of', ({ undoOf }) => undoOf],
  ['undone by', ({ undoneBy }) => undoneBy],
];

const rungIn = (record: OperationRecord, name: Rung['rung']): Rung | undefined =>
  toldRungs(record).find(({ rung }) => rung === name);

function markdownOf(records: readonly OperationRecord[], now: number): string {
  const count = records.length === 1 ? '1 operation' : `${records.length} operations`;
  const head = `# Podium journal\n\n${count}, exported ${new Date(now).toISOString()}.\n`;
  return [head, ...records.map(section)].join('\n');
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
    ...toldRungs(record).map((rung) => `| ${rung.rung} | ${rung.state}: ${cell(rung.detail)} |`),
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
