import type { ReactNode } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { ServiceDetail } from '../../../shared/model/inspect.ts';
import { useLink } from '../../client/link.ts';
import { useWatched, type Watched } from '../../client/useWatched.ts';
import { useConnection } from '../../live/connections.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { useService } from '../../live/topology.ts';
import { clearSelection } from '../../state/selection.ts';
import { setInspectorTab, useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { CallsTab } from './CallsTab.tsx';
import { DocumentsTab } from './DocumentsTab.tsx';
import { EventsTab } from './EventsTab.tsx';
import { InspectorHead } from './InspectorHead.tsx';
import type { InspectorParts } from './inspectorParts.ts';
import { InstancesTab } from './InstancesTab.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { Problems } from './Problems.tsx';
import { VerdictBox } from './VerdictBox.tsx';

/** One service: the verdict first, then what it rests on. */
export function ServiceInspector({
  serviceId,
  parts,
}: {
  readonly serviceId: EntityId;
  readonly parts: InspectorParts;
}) {
  const service = useService(serviceId);
  const signals = useServiceSignals(serviceId);
  const connection = useConnection(service?.connectionId ?? null);
  const tab = useView((view) => view.inspectorTab);
  const detail: Watched<ServiceDetail> = useWatched(serviceId, (client, signal) =>
    client.services.inspect({ serviceId }, { signal }),
  );

  if (service === null) {
    return (
      <EmptyState title="No longer on the map" actions={<Button onPress={clearSelection}>Close</Button>}>
        No source names this service any more.
      </EmptyState>
    );
  }
  const where = [service.namespace ?? service.kind, connection?.title ?? null, service.owner];
  const withDetail = (show: (value: ServiceDetail) => ReactNode) =>
    detail.value ? show(detail.value) : <Waiting problem={detail.problem} />;
  const findings = detail.value?.documents.reduce((count, each) => count + each.findings.length, 0) ?? 0;
  return (
    <div className="inspector">
      <InspectorHead
        title={service.name}
        health={signals?.health ?? 'unknown'}
        errorRatio={signals?.errorRatio ?? null}
        where={where.filter((word) => word !== null)}
        serviceId={serviceId}
      />
      <VerdictBox verdict={detail.value?.verdict ?? null} signals={signals} problem={detail.problem} />
      {parts.held(serviceId, null)}
      {detail.value && <Problems texts={[...detail.value.problems, ...staleOf(detail.problem)]} />}
      <Tabs
        label={`What is known of ${service.name}`}
        selected={tab}
        onSelect={setInspectorTab}
        items={[
          {
            id: 'overview',
            title: 'Overview',
            content: <OverviewTab service={service} detail={detail.value} parts={parts} />,
          },
          { id: 'calls', title: 'Calls', content: withDetail((value) => <CallsTab detail={value} />) },
          ...parts.serviceTabs.map(({ id, title, content }) => ({
            id,
            title,
            content: content(service, detail.value),
          })),
          {
            id: 'instances',
            title: 'Instances',
            content: withDetail((value) => (
              <InstancesTab serviceId={serviceId} instances={value.instances} use={value.use} />
            )),
          },
          {
            id: 'documents',
            title: findings === 0 ? 'Documents' : `Documents · ${findings}`,
            content: withDetail((value) => (
              <DocumentsTab serviceId={serviceId} documents={value.documents} />
            )),
          },
          {
            id: 'events',
            title: 'Events',
            content: withDetail((value) => <EventsTab events={value.events} />),
          },
        ]}
      />
    </div>
  );
}

function staleOf(problem: string | null): readonly string[] {
  return problem === null ? [] : [`Not being read any more: ${problem} What you see is from before.`];
}

function Waiting({ problem }: { readonly problem: string | null }) {
  const reached = useLink((link) => link.state === 'open');
  if (!reached) {
    return (
      <EmptyState title="Waiting for the console">
        It is read as soon as the console answers again.
      </EmptyState>
    );
  }
  if (problem === null) return <EmptyState title="Reading…" busy />;
  return <EmptyState title="It could not be read">{problem} It is tried again.</EmptyState>;
}
