import { aheadOf } from '../kit/aheadOf.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { PastChange, PastNotes, PastWarning, Span } from '../kit/past.ts';
import { sayError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { at, type KubeObject, namespaceOf, numberAt, textAt, timeAt } from '../kube/objects.ts';
import { controllerRevisions, events, type Resource } from '../kube/resources.ts';
import { controllerOf, imageOf } from './identity.ts';

/** An API server keeps Events for an hour unless it was told otherwise (kube-apiserver, --event-ttl). */
const keptMs = 60 * 60_000;
const pageSize = 500;
/** A cluster in trouble writes tens of thousands; the first of them tell enough. */
const mostPages = 6;

/** What the cluster noted in a span: warnings while it keeps them, and new templates of what no ReplicaSet records. */
export async function readPast(
  client: KubeClient,
  { clock }: Pick<ConnectorHost, 'clock'>,
  { from, to }: Span,
  signal: AbortSignal,
): Promise<PastNotes> {
  const problems: string[] = [];
  const read = async (of: Resource, what: string, fieldSelector?: string): Promise<KubeObject[]> => {
    try {
      return await readSome(client, of, what, problems, signal, fieldSelector);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      problems.push(sayError(thrown, `Reading ${what}`));
      return [];
    }
  };
  const [noted, revisions] = await Promise.all([
    read(events, 'Events that warn', 'type=Warning'),
    read(controllerRevisions, 'revisions of StatefulSets and DaemonSets'),
  ]);
  // The cluster wrote these times by its own clock.
  const ahead = aheadOf(client.serverClock.now(), clock.now());
  const isIn = (time: number): boolean => time >= from && time <= to;
  // What goes on after the span was noted in it too.
  const warnings = noted
    .flatMap((event) => warningIn(event, ahead))
    .filter((one) => one.from <= to && one.to >= from);
  const oldest = Math.min(
    clock.now() - keptMs,
    ...noted.flatMap((event) => warningIn(event, ahead)).map((one) => one.to),
  );
  return {
    warnings,
    changes: changesIn(revisions, ahead).filter((one) => isIn(one.at)),
    keptSince: oldest > from ? oldest : null,
    aheadMs: ahead,
    problems,
  };
}

async function readSome(
  client: KubeClient,
  of: Resource,
  what: string,
  problems: string[],
  signal: AbortSignal,
  fieldSelector?: string,
): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for (const namespace of client.namespaces ?? [null]) {
    let pages = 0;
    const how = {
      limit: pageSize,
      metadataOnly: false,
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    for await (const page of client.pages(of, namespace, how, signal)) {
      found.push(...page);
      pages += 1;
      if (pages < mostPages || page.length < pageSize) continue;
      const last = page.at(-1);
      const where = last === undefined ? '' : ` with those of namespace ${namespaceOf(last)}`;
      problems.push(
        `Reading ${what} ended after ${mostPages * pageSize}${where}; what comes after it was not read.`,
      );
      break;
    }
  }
  return found;
}

function warningIn(event: KubeObject, ahead: number): PastWarning[] {
  const last =
    timeAt(event, 'series', 'lastObservedTime') ??
    timeAt(event, 'lastTimestamp') ??
    timeAt(event, 'eventTime') ??
    timeAt(event, 'metadata', 'creationTimestamp');
  const name = textAt(event, 'involvedObject', 'name');
  if (last === null || name === null || textAt(event, 'type') !== 'Warning') return [];
  return [
    {
      namespace: textAt(event, 'involvedObject', 'namespace'),
      kind: textAt(event, 'involvedObject', 'kind') ?? '',
      name,
      reason: textAt(event, 'reason') ?? '',
      text: (textAt(event, 'message') ?? '').slice(0, 500),
      count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
      from: (timeAt(event, 'firstTimestamp') ?? timeAt(event, 'eventTime') ?? last) - ahead,
      to: last - ahead,
    },
  ];
}

/**
 * Each revision of a workload but its first, with what ran before. A return to an earlier one raises its number and leaves
 * no time, so they go by when they were made.
 */
function changesIn(revisions: readonly KubeObject[], ahead: number): PastChange[] {
  const byOwner = Map.groupBy(
    revisions.flatMap((revision) => {
      const owner = controllerOf(revision);
      const number = numberAt(revision, 'revision');
      const made = timeAt(revision, 'metadata', 'creationTimestamp');
      if (owner === null || number === null || made === null) return [];
      return [{ owner, number, made, namespace: namespaceOf(revision), image: imageIn(revision) }];
    }),
    ({ owner }) => owner.uid,
  );
  return [...byOwner.values()].flatMap((all) => {
    const inOrder = all.toSorted((a, b) => a.made - b.made || a.number - b.number);
    return inOrder.flatMap(({ owner, made, namespace, image }, i): PastChange[] => {
      const before = inOrder[i - 1];
      const { kind, name: workload } = owner;
      if (before === undefined) return [];
      return [{ namespace, workload, kind, at: made - ahead, imageBefore: before.image, image }];
    });
  });
}

const imageIn = (revision: KubeObject): string | null =>
  imageOf(at(revision, 'data', 'spec', 'template', 'spec'));
