import './services.css';
import { type ReactNode, useMemo, useState } from 'react';
import type { SortDescriptor } from 'react-aria-components';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useConnectionStore } from '../../live/connections.ts';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { useShown } from '../../state/shown.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { offerFile } from '../../ui/offerFile.ts';
import { useElementSize } from '../../ui/useElementSize.ts';
import { columnsIn, sortServices } from './rows.ts';
import { servicesCsv } from './servicesCsv.ts';
import { ServicesTable } from './ServicesTable.tsx';

/** The same data as the map in a table, to sort and to read aloud. */
export function ServicesPage({
  find,
  actions,
}: {
  readonly find: ReactNode;
  /** What else there is to open, by other features. */
  readonly actions: ReactNode;
}) {
  const known = useTopology((graph) => graph.services.size);
  const [sort, setSort] = useState<SortDescriptor>({ column: 'health', direction: 'ascending' });
  const services = useSorted(sort);
  const [bodyRef, { width }] = useElementSize<HTMLDivElement>();

  return (
    <div className="page">
      <div className="pageHead">
        <h2>Services</h2>
        <span className="muted num">
          {services.length === known ? known : `${services.length} of ${known}`}
        </span>
        {find}
        <span className="grow" />
        {actions}
        {services.length > 0 && <Button onPress={() => offerList(services)}>Export as CSV</Button>}
        <Button onPress={() => showPage('map')}>Show map</Button>
      </div>
      <div className="pageBody tableBody" ref={bodyRef}>
        <ServicesTable services={services} columns={columnsIn(width)} sort={sort} onSort={setSort} />
      </div>
    </div>
  );
}

function offerList(services: readonly GraphService[]): void {
  const { services: signals, provenance } = useSignals.getState();
  const { connections } = useConnectionStore.getState();
  const titles = new Map(connections.map(({ id, title }) => [id, title]));
  const text = servicesCsv({ services, signals, provenance, titles, now: Date.now() });
  offerFile('podium-services.csv', new Blob([text], { type: 'text/csv' }));
}

/** What is shown now, in order; the same array until one changes, comes, goes or moves. */
function useSorted({ column, direction }: SortDescriptor): readonly GraphService[] {
  const shown = useShown();
  const services = useTopology((graph) => graph.services);
  const sequence = useSignals((signals) => signals.sequence);
  const order = useMemo(() => {
    void sequence;
    const known = shown.services.flatMap((id) => services.get(id) ?? []);
    const signals = useSignals.getState().services;
    const sorted = sortServices(known, signals, String(column), direction === 'descending');
    return JSON.stringify(sorted.map(({ id }) => id));
  }, [shown, services, sequence, column, direction]);
  // Comparing by text keeps the identity while a tick changes figures but no order. It was written just above.
  return useMemo(
    () => (JSON.parse(order) as EntityId[]).flatMap((id) => services.get(id) ?? []),
    [order, services],
  );
}
