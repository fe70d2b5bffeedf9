import { Fragment } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { InstanceObservation } from '../../../shared/model/topology.ts';
import type { InstancesUse } from '../../../shared/model/usage.ts';
import { useNow } from '../../live/clock.ts';
import { askToForward } from '../../state/forwards.ts';
import { openLogs } from '../../state/logs.ts';
import { showObject } from '../../state/objectDialog.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { absent, formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { InstanceUse } from './InstanceUse.tsx';

/** More rows than this help nobody; the worst are shown first. */
const mostRows = 200;
const columns = 5;

/** Every running copy, those in trouble first. */
export function InstancesTab({
  serviceId,
  instances,
  use,
}: {
  readonly serviceId: EntityId;
  readonly instances: readonly InstanceObservation[];
  readonly use: InstancesUse | null;
}) {
  if (instances.length === 0) {
    return <EmptyState title="No instances">Nothing that runs is known to stand behind it.</EmptyState>;
  }
  const ordered = [...instances].sort(
    (a, b) =>
      Number(a.ready) - Number(b.ready) ||
      (b.restarts ?? 0) - (a.restarts ?? 0) ||
      (a.name < b.name ? -1 : 1),
  );
  return (
    <div className="inspectorPart">
      <table className="instances" aria-label="Instances">
        <thead>
          <tr>
            <th scope="col">Instance</th>
            <th scope="col">Version</th>
            <th scope="col">Ready</th>
            <th scope="col">Restarts</th>
            <th scope="col">Age</th>
          </tr>
        </thead>
        <tbody>
          {ordered.slice(0, mostRows).map((instance) => (
            <Fragment key={instance.uid}>
              <tr>
                <th scope="row">{plainText(instance.name, 90)}</th>
                <td>{instance.version === null ? absent : plainText(instance.version, 24)}</td>
                <td className={instance.ready ? '' : 'toneBad'}>{instance.ready ? 'ready' : 'not ready'}</td>
                <td
                  className={(instance.restarts ?? 0) > 0 ? 'num toneWarn' : 'num'}
                  {...(instance.lastRestartAt === null
                    ? {}
                    : { title: `last ${formatUtc(instance.lastRestartAt)}` })}
                >
                  {instance.restarts ?? absent}
                </td>
                <td
                  className="num"
                  {...(instance.startedAt === null ? {} : { title: formatUtc(instance.startedAt) })}
                >
                  {instance.startedAt === null ? absent : <Age since={instance.startedAt} />}
                </td>
              </tr>
              <tr className="instanceMore">
                <td colSpan={columns}>
                  <InstancePlace serviceId={serviceId} instance={instance} />
                  <InstanceUse instance={instance} use={use} />
                </td>
              </tr>
            </Fragment>
          ))}
        </tbody>
      </table>
      <p className="muted">
        {use === null
          ? 'CPU and memory are not known: no metrics of cAdvisor, and no metrics API.'
          : `CPU and memory at the last reading: ${plainText(use.source, 90)}.`}
      </p>
      {ordered.length > mostRows && (
        <p className="muted">and {ordered.length - mostRows} more, all calmer than these</p>
      )}
    </div>
  );
}

/** Its clock moves these words alone: of two hundred rows none is drawn anew each second. */
function Age({ since }: { readonly since: number }) {
  return formatSpan(useNow() - since);
}

/** Below its name, where lines are long enough: the node it is on, why it is not ready, and what it can be asked for. */
function InstancePlace({
  serviceId,
  instance,
}: {
  readonly serviceId: EntityId;
  readonly instance: InstanceObservation;
}) {
  const { namespace, node, listedBy, reason } = instance;
  const name = plainText(instance.name, 90);
  return (
    <>
      <p className="instancePlace">
        <span className="muted">{node === null ? 'no node' : plainText(node, 60)}</span>
        <Button
          tone="quiet"
          aria-label={`Logs of ${name}`}
          onPress={() => openLogs(serviceId, [instance.name])}
        >
          Logs
        </Button>
        <Button
          tone="quiet"
          aria-label={`YAML of ${name}`}
          onPress={() =>
            showObject(serviceId, { apiVersion: 'v1', kind: 'Pod', namespace, name: instance.name })
          }
        >
          YAML
        </Button>
        <Button
          tone="quiet"
          aria-label={`Port-forward to ${name}`}
          onPress={() => askToForward(serviceId, instance.uid)}
        >
          Forward
        </Button>
      </p>
      {listedBy !== undefined && (
        <p className="muted">
          {`listed by ${listedBy.map((system) => plainText(system, 60)).join(' and ')}`}
        </p>
      )}
      {reason !== null && <p className={instance.ready ? 'muted' : 'toneWarn'}>{plainText(reason, 200)}</p>}
    </>
  );
}
