import { formatPercent } from '../../analysis/formats.ts';
import type { FoldedTopology } from '../../analysis/foldTopology.ts';
import type { PastFailure } from '../../analysis/pastFailures.ts';
import { placeAlert } from '../../analysis/placeAlert.ts';
import type { PastAlert, PastChange, PastWarning, Span } from '../../connectors/kit/past.ts';
import type { AwayLine } from '../../model/away.ts';
import type { GraphService } from '../../model/graph.ts';
import type { OperationRecord } from '../../model/record.ts';
import { tagOf } from '../charts.ts';
import type { Journal } from '../journal.ts';
import type { LiveConnection } from '../liveConnection.ts';

type Names = Pick<
  FoldedTopology,
  'service' | 'serviceOfInstance' | 'serviceOfWorkload' | 'serviceNamed' | 'serviceOfHost'
>;

const usual = { tone: 'neutral', lostCalls: null, operationId: null } as const;
const longestText = 300;
/** A watch lasts a day at most, so an operation that ended meanwhile began no earlier. */
const longestHoldMs = 86_400_000;

export function failureLine(service: GraphService, failure: PastFailure): AwayLine {
  const { health, from, to, worstErrorRatio, lostCalls, times } = failure;
  const often = times > 1 ? `, ${times} times` : '';
  return {
    ...usual,
    kind: 'failure',
    tone: health === 'failing' ? 'bad' : 'warn',
    serviceId: service.id,
    name: service.name,
    text: `${health}${often}, worst ${formatPercent(worstErrorRatio)} of its calls`,
    from,
    to,
    lostCalls,
  };
}

export function alertLine({ name, severity, labels, from, to }: PastAlert, names: Names): AwayLine {
  const serviceId = placeAlert(labels, names)?.serviceId ?? null;
  return {
    ...usual,
    kind: 'alert',
    tone: severity === 'critical' ? 'bad' : 'warn',
    serviceId,
    name: nameOf(serviceId, names) ?? name,
    text: `alert ${name}${severity === null ? '' : ` (${severity})`}`,
    from,
    to,
  };
}

/** What another image was rolled out of: by ReplicaSets on the map, and by what the cluster noted of other kinds. */
export function changeLines(
  topology: Pick<FoldedTopology, 'deployments'> & Names,
  { from, to }: Span,
  noted: readonly PastChange[],
  aheadMs: number,
): AwayLine[] {
  const lines: AwayLine[] = [];
  const before = new Map<string, string | null>();
  for (const { at: theirs, serviceId, workload, image } of topology.deployments) {
    const key = `${serviceId} ${workload}`;
    const at = theirs - aheadMs;
    const isFirst = !before.has(key);
    const imageBefore = before.get(key) ?? null;
    before.set(key, image);
    if (at < from || at > to) continue;
    lines.push(changeLine(workload, serviceId, at, isFirst ? null : imageBefore, image, topology));
  }
  for (const { namespace, workload, at, imageBefore, image } of noted)
    lines.push(
      changeLine(workload, topology.serviceOfWorkload(namespace, workload), at, imageBefore, image, topology),
    );
  return lines;
}

function changeLine(
  workload: string,
  serviceId: string | null,
  at: number,
  before: string | null,
  image: string | null,
  names: Names,
): AwayLine {
  const name = nameOf(serviceId, names) ?? workload;
  const of = name === workload ? '' : ` ${workload}`;
  const now = image === null ? 'another template' : tagOf(image);
  return {
    ...usual,
    kind: 'change',
    serviceId,
    name,
    text:
      before === null
        ? `deployed${of}: ${now}`
        : before === image
          ? `deployed${of} anew with the same image, ${now}`
          : `deployed${of}: ${tagOf(before)} → ${now}`,
    from: at,
    to: at,
  };
}

/** Containers that were killed for memory: their pods say so, no Event does. */
export function killLines(connection: LiveConnection, { from, to }: Span, aheadMs: number): AwayLine[] {
  const topology = connection.topology();
  const instances = connection.observations().flatMap((part) => part.instances);
  return instances.flatMap(({ namespace, name, lastEnd }): AwayLine[] => {
    if (lastEnd?.at == null || lastEnd.reason !== 'OOMKilled') return [];
    const at = lastEnd.at - aheadMs;
    if (at < from || at > to) return [];
    const serviceId = topology.serviceOfInstance(namespace, name);
    const text = `OOMKilled: ${lastEnd.container} of ${name} used more memory than it may`;
    return [
      {
        ...usual,
        kind: 'warning',
        tone: 'warn',
        serviceId,
        name: nameOf(serviceId, topology) ?? name,
        text,
        from: at,
        to: at,
      },
    ];
  });
}

/** Warnings of one kind about one service are one line, however many pods they name. */
export function warningLines(warnings: readonly PastWarning[], names: Names): AwayLine[] {
  const groups = Map.groupBy(warnings, (warning) => `${aboutOf(warning, names).name} ${warning.reason}`);
  return [...groups.values()].flatMap((group): AwayLine[] => {
    const newest = group.toSorted((a, b) => b.to - a.to)[0];
    if (newest === undefined) return [];
    const { serviceId, name } = aboutOf(newest, names);
    const count = group.reduce((sum, one) => sum + one.count, 0);
    const often = count > 1 ? ` (${count} times)` : '';
    return [
      {
        ...usual,
        kind: 'warning',
        tone: 'warn',
        serviceId,
        name,
        text: `${newest.reason}${often}: ${newest.text}`.slice(0, longestText),
        from: Math.min(...group.map((one) => one.from)),
        to: newest.to,
      },
    ];
  });
}

/** The service of whatever a warning is about; a pod that is gone is known by what its name begins with. */
function aboutOf({ namespace, name }: PastWarning, names: Names): { serviceId: string | null; name: string } {
  let serviceId = names.serviceOfInstance(namespace, name);
  const parts = name.split('-');
  for (
    let length = parts.length;
    serviceId === null && length > 0 && length > parts.length - 3;
    length -= 1
  ) {
    const stem = parts.slice(0, length).join('-');
    serviceId = names.serviceOfWorkload(namespace, stem);
    if (serviceId === null && namespace !== null) serviceId = names.serviceNamed(namespace, stem);
  }
  return { serviceId, name: nameOf(serviceId, names) ?? name };
}

/** What Podium itself did meanwhile, or has to leave to somebody: trips that ended, watches that took something back. */
export async function operationLines(
  journal: Pick<Journal, 'list'>,
  connectionTitle: string,
  { from, to }: Span,
): Promise<AwayLine[]> {
  const records = await journal.list({ connectionTitle, from: from - longestHoldMs, to, limit: 500 });
  return records.flatMap((record): AwayLine[] => {
    const told = toldOf(record, from, to);
    if (told === null) return [];
    return [
      {
        ...usual,
        kind: 'operation',
        tone: told.isBad ? 'bad' : 'neutral',
        serviceId: record.serviceId,
        name: record.serviceName,
        text: told.text.slice(0, longestText),
        from: told.at,
        to: told.at,
        operationId: record.id,
      },
    ];
  });
}

function toldOf(
  { at, title, reason, state, hold, watch }: OperationRecord,
  from: number,
  to: number,
): { readonly text: string; readonly at: number; readonly isBad: boolean } | null {
  const isIn = (time: number): boolean => time >= from && time <= to;
  if (hold !== null && (hold.state === 'stuck' || hold.state === 'changed') && isIn(hold.until))
    return { text: `not ended: ${title}. ${hold.note}`, at: hold.until, isBad: true };
  if (watch?.state === 'stuck' && isIn(watch.endsAt))
    return { text: `not taken back: ${title}. ${watch.note}`, at: watch.endsAt, isBad: true };
  if (watch?.state === 'passed' && isIn(watch.endsAt) && !isIn(at))
    return { text: `watched to its end: ${title}`, at: watch.endsAt, isBad: false };
  if (!isIn(at) || state === 'notWritten') return null;
  return { text: reason === '' ? title : `${title}: ${reason}`, at, isBad: false };
}

const nameOf = (serviceId: string | null, { service }: Names): string | null =>
  serviceId === null ? null : (service(serviceId)?.name ?? null);
