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
import { counterpart, counterparts } from './counterpart.ts';
import { type DocumentProps, fullTitle } from './documentWords.ts';
import { type ServiceOption, serviceOptions } from '../../ui/serviceOptions.ts';
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
  const [chosen, setChosen] = useState<string | null>(null);
  if (config.value === null) {
    return config.problem === null ? (
      <EmptyState title="Reading the other…" busy />
    ) : (
      <EmptyState title="It could not be read" actions={<Button onPress={config.again}>Read again</Button>}>
        {config.problem}
      </EmptyState>
    );
  }
  const { documents, problems } = config.value;
  const alike = counterparts(document, documents);
  const other = alike.find(({ document: { uid } }) => uid === chosen) ?? counterpart(document, documents);
  const choice = (alike.length > 1 || other === null) && alike.length > 0 && (
    <PickOne
      label="Compare with its document"
      options={alike.map((each) => ({ id: each.document.uid, title: fullTitle(each) }))}
      selected={other?.document.uid ?? null}
      onSelect={setChosen}
      placeholder="a document of the same kind"
    />
  );
  if (other === null)
    return (
      <>
        <p className="muted">
          Nothing there is called {plainText(document.document.name, 80)}
          {problems.length > 0 && `: ${plainText(problems.join(' '), 300)}`}
        </p>
        {choice}
      </>
    );
  const titleOf = (each: ConfigDocument) => {
    const where = connections.find(({ id }) => id === each.document.connectionId)?.title;
    return where === undefined ? fullTitle(each) : `${fullTitle(each)} on ${plainText(where, 60)}`;
  };
  const left = document.yaml ?? '';
  const right = other.yaml ?? '';
  return (
    <>
      {choice}
      {left === right ? (
        <p className="muted">{titleOf(other)} says exactly the same.</p>
      ) : (
        <DocumentSides
          left={{ title: titleOf(document), text: left }}
          right={{ title: titleOf(other), text: right }}
        />
      )}
    </>
  );
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
