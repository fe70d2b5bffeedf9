import './Journal.css';
import { useState } from 'react';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Menu, MenuButton } from '../../ui/Menu.tsx';
import { exportJournal } from './exportJournal.ts';
import { JournalDetail } from './JournalDetail.tsx';
import { JournalList } from './JournalList.tsx';
import { mostRecords, useJournal } from './useJournal.ts';

const exports = [
  { id: 'csv', title: 'As CSV' },
  { id: 'json', title: 'As JSON' },
  { id: 'markdown', title: 'As Markdown' },
] as const;

/** Everything that was done, by whom, why, and what came of it. */
export function JournalPage() {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [exportProblem, setExportProblem] = useState<string | null>(null);
  const { records, writable, problem } = useJournal(query);
  const shown = records?.find((record) => record.id === chosen) ?? records?.[0] ?? null;
  const save = (format: (typeof exports)[number]['id']) => {
    setExportProblem(null);
    exportJournal(format, query).catch((error: unknown) =>
      setExportProblem(error instanceof Error ? error.message : 'The export failed.'),
    );
  };
  return (
    <div className="journal">
      <header className="journalHead">
        <h1>Journal</h1>
        <div className="journalSearch">
          <TextField
            label="Search the journal"
            value={query}
            onChange={setQuery}
            placeholder="name, who, why…"
          />
        </div>
        <span className="grow" />
        {(query !== '' || (records !== null && records.length > 0)) && (
          <Menu
            label="Export what is found"
            trigger={<MenuButton look="button quiet">Export</MenuButton>}
            entries={exports}
            onChoose={save}
          />
        )}
      </header>
      {!writable && (
        <p className="journalNotice" role="status">
          Read-only: another Podium uses this data folder. Nothing can be applied from here; what it does
          shows below.
        </p>
      )}
      {problem !== null && (
        <p className="journalNotice" role="alert">
          {problem} {records !== null && 'What you see is from before.'}
        </p>
      )}
      {exportProblem !== null && (
        <p className="journalNotice" role="alert">
          {exportProblem}
        </p>
      )}
      <Body records={records} query={query} shown={shown} onChoose={setChosen} />
    </div>
  );
}

interface BodyProps {
  readonly records: readonly OperationRecord[] | null;
  readonly query: string;
  readonly shown: OperationRecord | null;
  readonly onChoose: (id: string) => void;
}

function Body({ records, query, shown, onChoose }: BodyProps) {
  if (records === null) return <EmptyState title="Reading the journal…" busy />;
  if (shown === null) {
    return query === '' ? (
      <EmptyState
        title="Nothing was done yet"
        actions={<Button onPress={() => showPage('map')}>Show map</Button>}
      >
        Every change made through Podium is written here before it is sent, with who, why, before, after and
        what came of it. The first begins on the map: select a service and move its split.
      </EmptyState>
    ) : (
      <EmptyState title="Nothing found">No operation matches “{query}”.</EmptyState>
    );
  }
  return (
    <div className="journalBody">
      <div className="journalListPane">
        <JournalList records={records} shownId={shown.id} onChoose={onChoose} />
        {records.length === mostRecords && (
          <p className="muted">The newest {mostRecords}; search to find older ones, export to have all.</p>
        )}
      </div>
      <JournalDetail key={shown.id} record={shown} records={records} onChoose={onChoose} />
    </div>
  );
}
