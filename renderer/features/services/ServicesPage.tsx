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
import { selectService, useSelectedServiceId } from '../../state/selection.ts';
import { useShown } from '../../state/shown.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { formatLatency, formatRate, formatRatio } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { type ServiceRow, columns, sortRows } from './rows.ts';

/** The same data as the map in a table, to sort and to read aloud. */
export function ServicesPage({ find }: { readonly find: ReactNode }) {
  const shown = useShown();
  const services = useTopology((graph) => graph.services);
  const sequence = useSignals((signals) => signals.sequence);
  const [sort, setSort] = useState<SortDescriptor>({ column: 'health', direction: 'ascending' });
  const selected = useSelectedServiceId();
  const rows = useMemo(() => {
    void sequence;
    const signals = useSignals.getState().services;
    const all = shown.services.flatMap((id): ServiceRow[] => {
      const service = services.get(id);
      return service === undefined ? [] : [{ id, service, signals: signals.get(id) ?? null }];
    });
    return sortRows(all, String(sort.column), sort.direction === 'descending');
  }, [shown, services, sequence, sort]);

  return (
    <div className="page">
      <div className="pageHead">
        <h2>Services</h2>
        <span className="muted num">
          {rows.length === services.size ? services.size : `${rows.length} of ${services.size}`}
        </span>
        {find}
        <span className="grow" />
        <Button onPress={() => showPage('map')}>Show map</Button>
      </div>
      <div className="pageBody">
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
            {columns.map(({ id, title, numeric }) => (
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
          <TableBody renderEmptyState={() => <p className="muted tableNone">No service to list.</p>}>
            {rows.map(({ id, service, signals }) => (
              <Row key={id} id={id}>
                <Cell>
                  <span className="tableHealth">
                    <HealthRing
                      health={signals?.health ?? 'unknown'}
                      errorRatio={signals?.errorRatio ?? null}
                      sizePx={16}
                    />
                    {signals?.health ?? 'unknown'}
                  </span>
                </Cell>
                <Cell>
                  <b>{service.name}</b>
                </Cell>
                <Cell>{service.namespace ?? service.kind}</Cell>
                <Cell>{service.owner ?? '–'}</Cell>
                <Cell>{service.versions.map(({ version }) => plainText(version, 24)).join(', ') || '–'}</Cell>
                <Cell className="numeric">
                  {service.readyInstances === null
                    ? '–'
                    : `${service.readyInstances}/${service.desiredInstances ?? '–'}`}
                </Cell>
                <Cell className="numeric">{formatRate(signals?.requestsPerSecond)}</Cell>
                <Cell className="numeric">{formatRatio(signals?.errorRatio)}</Cell>
                <Cell className="numeric">{formatLatency(signals?.p50Ms)}</Cell>
                <Cell className="numeric">{formatLatency(signals?.p99Ms)}</Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      </div>
    </div>
  );
}

const noKeys: ReadonlySet<string> = new Set();
