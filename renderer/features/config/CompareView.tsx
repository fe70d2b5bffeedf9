import { useMemo, useState } from 'react';
import type { ConfigDocument } from '../../../shared/model/config.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { GraphService } from '../../../shared/model/graph.ts';
import { useConnections } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentSides } from '../../ui/documentViews.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PickOne } from '../../ui/PickOne.tsx';
import { plainText } from '../../ui/plainText.ts';
import { type DocumentProps, fullTitle } from './documentWords.ts';
import { type ServiceOption, serviceOptions } from './serviceOptions.ts';
import { useConfig } from './useConfig.ts';

/** The document of the same name of another service, namespace or connection, side by side. */
export function CompareView({ serviceId, document }: DocumentProps) {
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const options = useMemo(
    () => serviceOptions(services.values(), connections).filter(({ id }) => id !== serviceId),
    [services, connections, serviceId],
  );
  const self = services.get(serviceId) ?? null;
  const [chosen, setChosen] = useState<EntityId | null>(null);
  const otherId = chosen ?? sameNamed(options, services, self);
  return (
    <div className="configView">
      <PickOne
        label="Compare with the service"
        options={options}
        selected={otherId}
        onSelect={setChosen}
        placeholder="its name, namespace or connection"
      />
      {otherId === null ? (
        <p className="muted">
          No other service is called {plainText(self?.name ?? 'so', 80)}. Choose one, or connect to the other
          environment as well.
        </p>
      ) : (
        <Other key={otherId} document={document} otherId={otherId} />
      )}
    </div>
  );
}

function Other({ document, otherId }: { readonly document: ConfigDocument; readonly otherId: EntityId }) {
  const config = useConfig(otherId);
  const connections = useConnections();
  if (config.value === null) {
    return config.problem === null ? (
      <EmptyState title="Reading the other…" busy />
    ) : (
      <EmptyState title="It could not be read" actions={<Button onPress={config.again}>Read again</Button>}>
        {config.problem}
      </EmptyState>
    );
  }
  const other = counterpart(document, config.value.documents);
  if (other === null)
    return (
      <p className="muted">
        Nothing there is called {plainText(document.document.name, 80)}
        {config.value.problems.length > 0 && `: ${plainText(config.value.problems.join(' '), 300)}`}
      </p>
    );
  const titleOf = (each: ConfigDocument) => {
    const where = connections.find(({ id }) => id === each.document.connectionId)?.title;
    return where === undefined ? fullTitle(each) : `${fullTitle(each)} on ${plainText(where, 60)}`;
  };
  const left = document.yaml ?? '';
  const right = other.yaml ?? '';
  return left === right ? (
    <p className="muted">{titleOf(other)} says exactly the same.</p>
  ) : (
    <DocumentSides
      left={{ title: titleOf(document), text: left }}
      right={{ title: titleOf(other), text: right }}
    />
  );
}

function counterpart(document: ConfigDocument, documents: readonly ConfigDocument[]): ConfigDocument | null {
  const alike = documents.filter(
    ({ kind, document: { kind: own } }) => kind === document.kind && own === document.document.kind,
  );
  return alike.find((each) => each.document.name === document.document.name) ?? null;
}

/** The service that is called the same elsewhere, in another connection before another namespace. */
function sameNamed(
  options: readonly ServiceOption[],
  services: ReadonlyMap<EntityId, GraphService>,
  self: GraphService | null,
): EntityId | null {
  if (self === null) return null;
  const named = options.filter(({ id }) => services.get(id)?.name === self.name);
  return (
    (named.find(({ id }) => services.get(id)?.connectionId !== self.connectionId) ?? named[0])?.id ?? null
  );
}
