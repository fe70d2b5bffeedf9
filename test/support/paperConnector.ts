import { capabilitiesOf } from '../../shared/connectors/kit/capabilities.ts';
import { z } from 'zod';
import { paperIsolation, wakeAll, type TrippedPaper } from './paperIsolation.ts';
import type { Connector, Session } from '../../shared/connectors/kit/connector.ts';
import type { PlannedWrite, ReadBack } from '../../shared/connectors/kit/control.ts';
import { PeerError } from '../../shared/connectors/kit/peerError.ts';
import type { CountersObservation, SeriesObservation } from '../../shared/connectors/kit/connector.ts';
import type { SignalsObservation } from '../../shared/connectors/kit/signals.ts';
import type { DocumentRef } from '../../shared/model/entity.ts';
import type { SetWeights } from '../../shared/model/operation.ts';
import type { Split } from '../../shared/model/weights.ts';

/** One split on paper: a peer small enough to hold in the head, for tests of the console alone. */
export interface Paper extends TrippedPaper {
  weights: number[];
  /** Writes that arrived. */
  readonly writes: number[][];
  /** Calls counted per destination since ever, at a time. */
  counters: (now: number) => CountersObservation['series'];
  opened: number;
  /** Another writer: moves the weights and the revision. */
  foreignWrite: (weights: number[], who: string) => void;
  /** How often its figures are taken; two seconds where it does not say. */
  scrapeIntervalSeconds?: number;
  /** When it was changed last, where the paper says so. */
  changedAt?: number;
  /** Figures by version at a time. */
  lines: (at: number) => SeriesObservation['lines'];
  /** The hour at which figures are read. */
  now: () => number;
  /** What calls the map sees. */
  calls: SignalsObservation['calls'];
  /** How often figures were asked for. */
  reads: number;
  /** Whether what the weights were is kept from the journal. */
  withheld?: boolean;
  /** Runs before a change of weights is planned. */
  onPlan: () => Promise<void>;
  /** Where it is: another cluster of the same name answers elsewhere. */
  server: string;
}

export const paperHost = 'payment.shop.svc.cluster.local';

export function createPaper(weights = [70, 30]): Paper {
  const paper: Paper = {
    weights,
    revision: 1,
    writes: [],
    answer: 'ok',
    lines: () => [],
    now: () => 0,
    calls: [],
    guards: [],
    counters: () => [],
    opened: 0,
    changedBy: null,
    foreignWrite(next, who) {
      paper.weights = next;
      paper.revision += 1;
      paper.changedBy = who;
      wakeAll(paper);
    },
    watchers: new Set(),
    reads: 0,
    onApply: () => undefined,
    onWritten: () => undefined,
    trip: null,
    tripWrites: [],
    onPlan: () => Promise.resolve(),
    forbidden: false,
    serverNow: () => null,
    server: 'https://paper.test',
  };
  return paper;
}

/** A connector whose peer is a `Paper`. Discovers one connection titled `title`. */
export function paperConnector(paper: Paper, title = 'paper'): Connector<unknown> {
  const ref: DocumentRef = {
    connectionId: title,
    apiVersion: 'v1',
    kind: 'Paper',
    namespace: 'shop',
    name: 'payment',
    uid: 'uid-1',
  };

  function split(): Split {
    return {
      id: 'uid-1/http/default',
      connectionId: title,
      document: ref,
      revision: String(paper.revision),
      serviceId: null,
      route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
      hosts: [paperHost],
      gateways: ['mesh'],
      destinations: paper.weights.map((weight, index) => ({
        index,
        host: paperHost,
        subset: `v${index + 1}`,
        port: null,
        title: `v${index + 1}`,
        version: `v${index + 1}`,
        weight,
        readyInstances: 2,
        problem: null,
      })),
      ownership: null,
      readOnly: null,
      changedBy: paper.changedBy === null ? null : { who: paper.changedBy, at: paper.changedAt ?? null },
    };
  }

  function plan(operation: SetWeights): PlannedWrite {
    const total = operation.weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
    return {
      title: `Shift payment to ${operation.weights.join('/')}`,
      target: 'Paper shop/payment, route “default”',
      changes: [
        {
          document: ref,
          action: 'patch',
          withheld: paper.withheld === true,
          revision: String(paper.revision),
          patch: operation.weights.map((value, i) => ({
            op: 'replace' as const,
            path: `/weights/${i}`,
            value,
          })),
          inverse: paper.weights.map((value, i) => ({
            op: 'replace' as const,
            path: `/weights/${i}`,
            value,
          })),
          before: `weights: ${paper.weights.join(', ')}\n`,
          after: `weights: ${operation.weights.join(', ')}\n`,
        },
      ],
      guards: paper.guards,
      expectation: {
        kind: 'shares',
        splitId: operation.splitId,
        host: paperHost,
        gateways: ['mesh'],
        namespace: 'shop',
        ambiguous: null,
        destinations: operation.weights.map((weight, index) => ({
          index,
          host: paperHost,
          subset: `v${index + 1}`,
          version: `v${index + 1}`,
          share: (weight ?? 0) / total,
        })),
      },
      threeWay: null,
      copies: { command: 'k', curl: 'c', patch: 'p' },
      split: split(),
      notes: [],
      direction: null,
    };
  }

  const wanted = (write: PlannedWrite) => (write.changes[0]?.patch ?? []).map((step) => Number(step.value));

  const session: Session = {
    peer: { product: 'Paper', version: '1' },
    get server() {
      return paper.server;
    },
    user: 'ana',
    permissions: [],
    warnings: [],
    namespaces: null,
    topology: {
      async *watch(signal) {
        yield {
          observedAt: 0,
          services: [
            {
              namespace: 'shop',
              name: 'payment',
              kind: 'service',
              hosts: [paperHost, 'payment'],
              owner: null,
              createdAt: null,
            },
          ],
          workloads: [],
          instances: [],
          problems: [],
        };
        await untilAborted(signal);
      },
    },
    signals: {
      source: 'Paper figures',
      scrapeIntervalSeconds: paper.scrapeIntervalSeconds ?? 2,
      read: (windowSeconds) => {
        paper.reads += 1;
        return Promise.resolve({
          source: 'Paper figures',
          observedAt: paper.now(),
          newestSampleAt: paper.now(),
          windowSeconds,
          calls: paper.calls,
          latency: [],
          queries: 1,
          problems: [],
        });
      },
      series: ({ from, to, stepSeconds }) =>
        Promise.resolve({ from, stepSeconds, lines: paper.lines(to), problems: [] }),
      counters: ({ since }) =>
        Promise.resolve({ source: 'Paper figures', series: paper.counters(since), problems: [] }),
    },
    weights: {
      async *watch(signal) {
        while (!signal.aborted) {
          yield [split()];
          await new Promise<void>((resolve) => {
            paper.watchers.add(resolve);
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        }
      },
      plan: async (operation) => {
        await paper.onPlan();
        return plan(operation);
      },
      planUndo: (operation) => Promise.resolve(plan(operation)),
      apply(write) {
        paper.writes.push(wanted(write));
        paper.onApply();
        if (paper.answer === 'conflict' || write.changes[0]?.revision !== String(paper.revision))
          return Promise.reject(new PeerError('conflict', 'The document moved.'));
        if (paper.answer === 'refuse')
          return Promise.reject(new PeerError('refused', 'The webhook says no.'));
        if (paper.answer === 'never') return Promise.reject(new PeerError('unanswered', 'No answer came.'));
        paper.weights = wanted(write);
        paper.revision += 1;
        paper.changedBy = 'podium';
        paper.onWritten();
        wakeAll(paper);
        if (paper.answer === 'lost') return Promise.reject(new PeerError('unanswered', 'No answer came.'));
        return Promise.resolve({
          acceptedAt: 0,
          revisions: [{ document: ref, revision: String(paper.revision) }],
        });
      },
      verify(change) {
        const now = paper.weights.join();
        const at = (steps: typeof change.patch) => steps.map((step) => Number(step.value)).join();
        let state: ReadBack['state'] = 'else';
        if (now === at(change.patch)) state = 'after';
        else if (now === at(change.inverse)) state = 'before';
        return Promise.resolve({
          state,
          revision: String(paper.revision),
          detail: `weights are ${now}`,
          changedBy: paper.changedBy,
        });
      },
    },
    isolation: paperIsolation(paper, ref, paperHost),
    async [Symbol.asyncDispose]() {},
  };

  return {
    id: 'paper',
    title: 'Paper',
    capabilities: capabilitiesOf(session),
    settings: z.object({}).passthrough(),
    discover: () =>
      Promise.resolve({
        candidates: [{ title, detail: 'on paper', settings: {}, current: true, problem: null, warnings: [] }],
        problems: [],
      }),
    open: () => {
      paper.opened += 1;
      return Promise.resolve(session);
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
