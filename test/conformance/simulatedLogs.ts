import { createNotice } from '../../shared/connectors/kit/notice.ts';
import { viewerRules } from '../../shared/rehearsal/kube/access.ts';
import type { LogLine } from '../../shared/rehearsal/kube/logs.ts';
import { createPayment } from './cluster.ts';
import type { LogsUnderTest } from './logs.ts';
import { type SimulatedCluster, startSimulatedCluster } from './simulatedCluster.ts';

/** The rehearsal's API server with pods that write what they are told, and the handles that only a simulator has. */
export interface SimulatedLogs extends LogsUnderTest {
  readonly cluster: SimulatedCluster;
  /** All that was written. */
  readonly written: LogLine[];
  /** Ends every log that is followed, as a kubelet does when it turns a file over. */
  cut(): void;
}

export async function startSimulatedLogs(previous?: readonly LogLine[]): Promise<SimulatedLogs> {
  const written: LogLine[] = [];
  const wakes = new Set<() => void>();
  let cuts = 0;
  const ring = (): void => {
    for (const wake of wakes) wake();
  };
  async function* next(signal: AbortSignal, from: number): AsyncGenerator<LogLine> {
    const notice = createNotice();
    const own = cuts;
    wakes.add(notice.ring);
    try {
      for (let place = from; own === cuts;) {
        const line = written[place];
        if (line === undefined) await notice.heard(signal);
        else {
          place += 1;
          yield line;
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      wakes.delete(notice.ring);
    }
  }
  const cluster = await startSimulatedCluster({
    podLogs: () => {
      const from = written.length;
      return {
        written: [...written],
        next: (signal) => next(signal, from),
        ...(previous !== undefined && { previous }),
      };
    },
  });
  await createPayment(cluster);
  cluster.tokens.set('blind', {
    name: 'blind',
    rules: viewerRules.map((rule) => ({
      ...rule,
      resources: rule.resources.filter((resource) => resource !== 'pods/log'),
    })),
  });
  return {
    cluster,
    written,
    settings: cluster.settings,
    withoutRight: cluster.settingsFor('blind'),
    namespace: cluster.namespace,
    service: 'payment',
    write(...texts) {
      written.push(...texts.map((text) => ({ at: Date.now(), text })));
      ring();
      return Promise.resolve();
    },
    cut() {
      cuts += 1;
      ring();
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
