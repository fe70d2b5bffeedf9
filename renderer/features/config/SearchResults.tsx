import type { ConfigHit } from '../../../shared/model/config.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useAsked } from '../../client/useAsked.ts';
import { useConnections } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { setConfigQuery, type Sought, showConfig } from '../../state/configPage.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatCount } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Problems } from './Problems.tsx';

/** More lines than this are better narrowed by typing on. */
const mostShown = 200;

/** Where a key or a value stands, over all services of all open connections. */
export function SearchResults({ query }: { readonly query: string }) {
  const found = useAsked(query, (client, signal) => client.config.search({ query }, { signal }));
  const close = (
    <Button tone="quiet" onPress={() => setConfigQuery('')}>
      Back to the service
    </Button>
  );
  if (found.problem !== null)
    return (
      <EmptyState
        title="It could not be searched"
        actions={
          <>
            <Button onPress={found.again}>Search again</Button>
            {close}
          </>
        }
      >
        {found.problem}
      </EmptyState>
    );
  if (found.value === null) return <EmptyState title="Searching…" busy />;
  const { hits, problems } = found.value;
  return (
    <div className="configSearch">
      <p className="configSearchHead" role="status">
        <span className="grow">
          {hits.length === 0
            ? `Nothing holds “${plainText(query, 80)}”.`
            : `${formatCount(hits.length, 'place')} with “${plainText(query, 80)}”`}
        </span>
        {close}
      </p>
      <Problems texts={problems} />
      <ul className="configHits" aria-label="Found">
        {hits.slice(0, mostShown).map((hit, index) => (
          <Hit key={index} hit={hit} query={query} />
        ))}
      </ul>
      {hits.length > mostShown && (
        <p className="muted">and {hits.length - mostShown} more: type on to narrow it down</p>
      )}
    </div>
  );
}

function Hit({ hit, query }: { readonly hit: ConfigHit; readonly query: string }) {
  const { document, key, line } = hit;
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const users = hit.services.flatMap((name) => {
    const service = serviceCalled(name, document.connectionId, services);
    return service === null ? [] : [service];
  });
  const where =
    connections.length > 1 ? connections.find(({ id }) => id === document.connectionId)?.title : undefined;
  return (
    <li>
      <span>
        <b>{plainText(`${document.kind} ${document.namespace ?? ''}/${document.name}`, 140)}</b>
        {where !== undefined && <span className="muted"> on {plainText(where, 60)}</span>}
        {key !== '' && (
          <>
            {' · '}
            <code>{plainText(key, 100)}</code>
          </>
        )}
      </span>
      {line !== null && <code className="configLine">{marked(line, query)}</code>}
      <span className="configUsers">
        {users.length === 0 && <span className="muted">configures no service on the map</span>}
        {users.slice(0, 6).map((service) => (
          <Button
            key={service.id}
            aria-label={`Open ${plainText(document.name, 80)} for ${service.name}`}
            onPress={() => showConfig(service.id, { uid: document.uid, key }, soughtIn(hit, query))}
          >
            {service.name}
          </Button>
        ))}
        {users.length > 6 && <span className="muted">and {users.length - 6} more services</span>}
      </span>
    </li>
  );
}

/** The words found, marked as such. */
function marked(line: string, query: string) {
  const shown = plainText(line.trim(), 240);
  const at = shown.toLowerCase().indexOf(query.toLowerCase());
  if (at === -1) return shown;
  return (
    <>
      {shown.slice(0, at)}
      <mark>{shown.slice(at, at + query.length)}</mark>
      {shown.slice(at + query.length)}
    </>
  );
}

function serviceCalled(
  name: string,
  connectionId: string,
  services: ReadonlyMap<string, GraphService>,
): GraphService | null {
  for (const service of services.values()) {
    if (service.connectionId !== connectionId) continue;
    if (`${service.namespace ?? ''}/${service.name}` === name) return service;
  }
  return null;
}

/** Documents of the mesh are opened as a whole, where a key is a path; of the others the entry is opened. */
const soughtIn = ({ document: { apiVersion }, key }: ConfigHit, query: string): Sought => ({
  query,
  path: apiVersion.includes('istio.io/') ? key : '',
});
