import { useMemo } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { connectedWith } from '../../../shared/analysis/focus.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useTopology } from '../../live/topology.ts';
import { setPath } from '../../state/filters.ts';
import { Menu } from '../../ui/Menu.tsx';
import { plainText } from '../../ui/plainText.ts';

/** Offers the services that calls lead to or from, to see only the way between. Absent where no calls are known. */
export function PathMenu({ service }: { readonly service: GraphService }) {
  const services = useTopology((graph) => graph.services);
  const calls = useTopology((graph) => graph.calls);
  const entries = useMemo(() => {
    const { callees, callers } = connectedWith(service.id, [...calls.values()]);
    const entriesOf = (ids: ReadonlySet<string>, word: 'to' | 'from') =>
      [...ids].map((id) => {
        const text = `${word} ${plainText(services.get(id)?.name ?? 'unknown', 60)}`;
        return { id: `${word} ${id}`, title: text, text };
      });
    return [...entriesOf(callees, 'to'), ...entriesOf(callers, 'from')].sort((a, b) =>
      a.text.localeCompare(b.text),
    );
  }, [service.id, services, calls]);
  if (entries.length === 0) return null;
  return (
    <Menu
      label={`Paths of ${service.name}`}
      trigger={
        <AriaButton className="button quiet">
          Path <span aria-hidden="true">▾</span>
        </AriaButton>
      }
      entries={entries}
      onChoose={(key) => {
        const [word, ...rest] = key.split(' ');
        const other = rest.join(' ');
        setPath(word === 'to' ? { from: service.id, to: other } : { from: other, to: service.id });
      }}
    />
  );
}
