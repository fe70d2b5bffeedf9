import './services.css';
import { type ReactNode, useMemo, useState } from 'react';
import {
  Cell,
  Column,
  Row,
  type Selection as AriaSelection,
  type SortDescriptor,
  Table,
  TableBody,
  TableHeader,
} from 'react-aria-components';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { useTrips } from '../../live/trips.ts';
import { selectService, useSelectedServiceId } from '../../state/selection.ts';
import { useShown } from '../../state/shown.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { formatClock } from '../../ui/format.ts';
import { useElementSize } from '../../ui/useElementSize.ts';
import { NoServices } from './NoServices.tsx';
import { columnsIn, rowsOf, sortRows } from './rows.ts';
import { ServiceCell } from './ServiceCell.tsx';

/** The same data as the map in a table, to sort and to read aloud. */
export function ServicesPage({
  find,
  actions,
}: {
  readonly find: ReactNode;
  /** What else there is to open, by other features. */
  readonly actions: ReactNode;
}) {
  const shown = useShown();
  const services = useTopology((graph) => graph.services);
  const trips = useTrips();
  const sequence = useSignals((signals) => signals.sequence);
  const [sort, setSort] = useState<SortDescriptor>({ column: 'health', direction: 'ascending' });
  const selected = useSelectedServiceId();
  const [bodyRef, { width }] = useElementSize<HTMLDivElement>();
  const shownColumns = columnsIn(width);
  const hasPlaces = shownColumns.some(({ id }) => id === 'namespace');
  const rows = useMemo(() => {
    void sequence;
    const signals = useSignals.getState().services;
    const all = rowsOf(shown.services, { services, signals, trips }, formatClock);
    return sortRows(all, String(sort.column), sort.direction === 'descending');
  }, [shown, services, trips, sequence, sort]);

  return (
    <div className="page">
      <div className="pageHead">
        <h2>Services</h2>
        <span className="muted num">
          {rows.length === services.size ? services.size : `${rows.length} of ${services.size}`}
        </span>
        {find}
        <span className="grow" />
        {actions}
        <Button onPress={() => showPage('map')}>Show map</Button>
      </div>
      <div className="pageBody" ref={bodyRef}>
        <Table
          aria-label="Services"
          className="table"
          sortDescriptor={sort}
          onSortChange={setSort}
          selectionMode="single"
          selectionBehavior="replace"
          selectedKeys={selected === null ? noKeys : new Set([selected])}
          onSelectionChange={(keys: AriaSelection) => {
            const [key] = keys === 'all' ? [] : [...keys];
            if (key !== undefined) selectService(String(key));
          }}
          onRowAction={(key) => {
            selectService(String(key), { centre: true });
            showPage('map');
          }}
        >
          <TableHeader>
            {shownColumns.map(({ id, title, numeric }) => (
              <Column
                key={id}
                id={id}
                allowsSorting
                isRowHeader={id === 'name'}
                className={numeric ? 'numeric' : ''}
              >
                {({ sortDirection }) => (
                  <>
                    {title}
                    <span aria-hidden="true">
                      {sortDirection === undefined ? '' : sortDirection === 'ascending' ? ' ↑' : ' ↓'}
                    </span>
                  </>
                )}
              </Column>
            ))}
          </TableHeader>
          <TableBody renderEmptyState={() => <NoServices />}>
            {rows.map((row) => (
              <Row key={row.id} id={row.id}>
                {shownColumns.map((column) => (
                  <Cell key={column.id} className={column.numeric ? 'numeric' : ''}>
                    <ServiceCell row={row} column={column.id} withPlace={!hasPlaces} />
                  </Cell>
                ))}
              </Row>
            ))}
          </TableBody>
        </Table>
      </div>
    </div>
  );
}

const noKeys: ReadonlySet<string> = new Set();
