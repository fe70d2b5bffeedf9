import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { JournalFilter, JournalStore, Log } from '../core/ports.ts';
import { OperationRecord } from '../model/record.ts';
import type { Database } from './database.ts';

/** The journal in SQLite: a call returns when its data is on the disk. */
export function createJournalStore(database: Database, log: Log): JournalStore {
  return {
    writable: database.writable,

    async append(record) {
      const sql = writable(database);
      sql
        .prepare(
          'INSERT INTO operations (id, at, connection, service, state, search, record) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(record.id, ...columnsOf(record));
    },

    async update(record) {
      const sql = writable(database);
      const { changes } = sql
        .prepare(
          'UPDATE operations SET at = ?, connection = ?, service = ?, state = ?, search = ?, record = ? WHERE id = ?',
        )
        .run(...columnsOf(record), record.id);
      if (changes !== 1) throw new Error(`The journal has no operation ${record.id} to update.`);
    },

    async read(id) {
      const row = database.sql()?.prepare('SELECT id, record FROM operations WHERE id = ?').get(id);
      return row === undefined ? null : parse(row, log);
    },

    async list(filter) {
      const { where, values } = conditions(filter);
      const rows = database
        .sql()
        ?.prepare(`SELECT id, record FROM operations ${where} ORDER BY at DESC, rowid DESC LIMIT ?`)
        .all(...values, Number.isFinite(filter.limit) ? filter.limit : -1);
      return (rows ?? []).map((row) => parse(row, log)).filter((record) => record !== null);
    },
  };
}

/** The file to write to. Throws in the second process on one data folder. */
export function writable(database: Database): DatabaseSync {
  const sql = database.sql();
  if (database.writable && sql !== null) return sql;
  throw new Error(
    'Another Podium is writing the journal, so this one only reads. Close the other one and start again.',
  );
}

function columnsOf(record: OperationRecord): [number, string, string, string, string, string] {
  return [
    record.at,
    record.connection.title,
    record.serviceName,
    record.state,
    textsOf(record).join('\n').toLowerCase(),
    JSON.stringify(record),
  ];
}

function conditions(filter: JournalFilter): {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
} {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (part: string, ...given: readonly SQLInputValue[]) => {
    parts.push(part);
    values.push(...given);
  };
  // instr, not LIKE: what the operator types is text, and LIKE folds the case of ASCII letters only.
  if (filter.query !== undefined && filter.query !== '')
    add('instr(search, ?) > 0', filter.query.toLowerCase());
  if (filter.connectionTitle !== undefined) add('connection = ?', filter.connectionTitle);
  if (filter.serviceName !== undefined) add('service = ?', filter.serviceName);
  if (filter.from !== undefined) add('at >= ?', filter.from);
  if (filter.to !== undefined) add('at <= ?', filter.to);
  if (filter.states !== undefined) {
    add(`state IN (${filter.states.map(() => '?').join(', ')})`, ...filter.states);
  }
  if (filter.undoOf !== undefined) add(`${textAt('undoOf')} = ?`, filter.undoOf);
  if (filter.setId !== undefined) add(`${textAt('setId')} = ?`, filter.setId);
  if (filter.canaryId !== undefined) add(`${textAt('canaryId')} = ?`, filter.canaryId);
  if (filter.holding === true) {
    add(
      `state <> 'notWritten' AND (${textAt('hold.state')} IN ('held', 'returning', 'changed', 'stuck')` +
        ` OR ${textAt('watch.state')} IN ('watching', 'returning', 'stuck'))`,
    );
  }
  if (filter.unfinished === true)
    add(`CASE WHEN json_valid(record) THEN json_type(record, '$.finishedAt') END = 'null'`);
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

/** SQLite would fail the whole query for one line that is no JSON. */
const textAt = (path: string): string =>
  `CASE WHEN json_valid(record) THEN json_extract(record, '$.${path}') END`;

/** A line that cannot be read is left out and told of; it must not take the rest of the journal with it. */
function parse(row: Record<string, unknown>, log: Log): OperationRecord | null {
  try {
    return OperationRecord.parse(JSON.parse(String(row['record'])));
  } catch {
    log.error('A line of the journal could not be read', { id: String(row['id']) });
    return null;
  }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
