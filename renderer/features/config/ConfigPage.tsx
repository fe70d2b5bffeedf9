import './config.css';
import { useMemo, useState } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import { useConnections } from '../../live/connections.ts';
import { useTopology } from '../../live/topology.ts';
import { openDocument, setConfigQuery, showConfig, useConfigPage } from '../../state/configPage.ts';
import { useSelectedServiceId } from '../../state/selection.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { TextField } from '../../ui/Field.tsx';
import { PickOne } from '../../ui/PickOne.tsx';
import { ConfigTree } from './ConfigTree.tsx';
import { DocumentPane } from './DocumentPane.tsx';
import { Problems } from './Problems.tsx';
import { SearchResults } from './SearchResults.tsx';
import { serviceOptions } from '../../ui/serviceOptions.ts';
import { useConfig } from './useConfig.ts';

/** What configures a service, as a tree and an editor; and a search over all services. */
export function ConfigPage() {
  const query = useConfigPage((state) => state.query);
  const chosen = useConfigPage((state) => state.serviceId);
  const onMap = useSelectedServiceId();
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const options = useMemo(() => serviceOptions(services.values(), connections), [services, connections]);
  const wanted = chosen ?? onMap;
  const serviceId = wanted !== null && services.has(wanted) ? wanted : null;
  return (
    <div className="page">
      <div className="pageHead configPageHead">
        <h2>Config</h2>
        <PickOne
          label="Service"
          options={options}
          selected={serviceId}
          onSelect={(id) => showConfig(id)}
          placeholder="Choose a service"
        />
        <span className="grow" />
        <SearchField key={query} query={query} />
      </div>
      <div className="pageBody configBody">
        {query !== '' && <SearchResults query={query} />}
        {query === '' && serviceId === null && (
          <EmptyState title="Choose a service">
            Choose one above to see what configures it, or search a key or a value over all services.
          </EmptyState>
        )}
        {query === '' && serviceId !== null && <ServiceConfig key={serviceId} serviceId={serviceId} />}
      </div>
    </div>
  );
}

function SearchField({ query }: { readonly query: string }) {
  const [typed, setTyped] = useState(query);
  return (
    <form
      role="search"
      className="configSearchField"
      onSubmit={(event) => {
        event.preventDefault();
        setConfigQuery(typed.trim().slice(0, 200));
      }}
    >
      <TextField
        label="Find a key or a value in all services"
        value={typed}
        onChange={setTyped}
        placeholder="FEATURE_X, bank.example"
      />
      <Button type="submit">Find</Button>
    </form>
  );
}

function ServiceConfig({ serviceId }: { readonly serviceId: EntityId }) {
  const config = useConfig(serviceId);
  const open = useConfigPage((state) => state.open);
  if (config.value === null) {
    return config.problem === null ? (
      <EmptyState title="Reading what configures it…" busy />
    ) : (
      <EmptyState title="It could not be read" actions={<Button onPress={config.again}>Read again</Button>}>
        {config.problem}
      </EmptyState>
    );
  }
  const { documents, problems } = config.value;
  if (documents.length === 0)
    return (
      <EmptyState title="Nothing configures it">
        {problems.length > 0
          ? problems.join(' ')
          : 'No ConfigMap, Secret, environment variable or mesh document is known to be meant for it.'}
      </EmptyState>
    );
  const opened = documents.find(({ document }) => document.uid === open?.uid) ?? null;
  return (
    <div className="configColumns">
      <div className="configSide">
        <Problems texts={config.problem === null ? problems : [config.problem, ...problems]} />
        <ConfigTree label="What configures it" documents={documents} open={open} onOpen={openDocument} />
      </div>
      {opened === null ? (
        <EmptyState title={open === null ? 'Choose a document' : 'This document is gone'}>
          Its keys, its text, its history and its counterpart elsewhere are shown here.
        </EmptyState>
      ) : (
        <DocumentPane key={opened.document.uid} serviceId={serviceId} document={opened} />
      )}
    </div>
  );
}
