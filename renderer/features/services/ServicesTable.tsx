import { memo } from 'react';
import {
  Cell,
  Column,
  Row,
  type Selection as AriaSelection,
  type SortDescriptor,
  Table,
  TableBody,
  TableHeader,
  TableLayout,
  Virtualizer,
} from 'react-aria-components';
import type { GraphService } from '../../../shared/model/graph.ts';
import { selectService, useSelectedServiceId } from '../../state/selection.ts';
import { showPage } from '../../state/view.ts';
import { NoServices } from './NoServices.tsx';
import type { ServiceColumn } from './rows.ts';
import { ServiceCell } from './ServiceCell.tsx';

interface ServicesTableProps {
  /** In their order; the same array as long as neither they nor their order change. */
  readonly services: readonly GraphService[];
  readonly columns: readonly ServiceColumn[];
  readonly sort: SortDescriptor;
  readonly onSort: (sort: SortDescriptor) => void;
}

/** Of thousands of lines only those in view are drawn. New figures that change no order draw cells, and not the table. */
export const ServicesTable = memo(function ServicesTable({
  services,
  columns,
  sort,
  onSort,
}: ServicesTableProps) {
  const selected = useSelectedServiceId();
  const hasPlaces = columns.some(({ id }) => id === 'namespace');
  return (
    <Virtualizer layout={TableLayout} layoutOptions={hasPlaces ? oneLine : twoLines}>
      <Table
        aria-label="Services"
        className={hasPlaces ? 'table' : 'table withPlaces'}
        sortDescriptor={sort}
        onSortChange={onSort}
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
        <TableHeader columns={columns}>
          {({ id, title, numeric, width, minWidth }) => (
            <Column
              id={id}
              width={width}
              minWidth={minWidth ?? null}
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
          )}
        </TableHeader>
        <TableBody items={services} dependencies={[columns]} renderEmptyState={() => <NoServices />}>
          {(service) => (
            <Row columns={columns} dependencies={[hasPlaces]}>
              {(column) => (
                <Cell className={column.numeric ? 'numeric' : ''}>
                  <ServiceCell service={service} column={column.id} withPlace={!hasPlaces} />
                </Cell>
              )}
            </Row>
          )}
        </TableBody>
      </Table>
    </Virtualizer>
  );
});

// In pixels. All lines are of one height: where each of thousands stands is then known without drawing it.
const oneLine = { rowHeight: 33, headingHeight: 30 };
/** A name of up to two lines, and its namespace below. */
const twoLines = { rowHeight: 48, headingHeight: 30 };

const noKeys: ReadonlySet<string> = new Set();
