import { z } from 'zod';
import { type AlertSource, observedAlerts, type ToldAlert } from '../kit/alerts.ts';
import { PeerError } from '../kit/peerError.ts';
import { keyOf } from './answers.ts';
import type { PrometheusApi } from './api.ts';
import type { Asking } from './asking.ts';
import { readPastAlerts } from './pastAlerts.ts';

const shape = z.object({
  alerts: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      annotations: z.unknown(),
      state: z.string(),
      activeAt: z.string().optional(),
    }),
  ),
});

/** What a Prometheus' own rules found; it knows of no silence. Those of the family that have no rules have none. */
export function createAlertSource(
  api: PrometheusApi,
  source: string,
  begin: () => Pick<Asking, 'range' | 'problems'>,
): AlertSource {
  return {
    source,
    gathers: false,
    past: (span, signal) => readPastAlerts(begin(), span, signal),
    async read(signal) {
      const data = await api.alerts(signal).catch((error: unknown) => {
        // Thanos and others answer queries alone.
        if (error instanceof PeerError && error.kind === 'notFound') return null;
        throw error;
      });
      if (data === null) return { alerts: [], problems: [], hasRules: false };
      const read = shape.safeParse(data).data;
      if (read === undefined)
        return { alerts: [], problems: [`${source} tells its alerts in a shape that Podium does not know.`] };
      const told = read.alerts.flatMap(({ labels, annotations, state, activeAt }): ToldAlert[] => {
        if (state !== 'firing' && state !== 'pending') return [];
        const since = activeAt === undefined ? Number.NaN : Date.parse(activeAt);
        return [
          {
            key: keyOf(labels),
            phase: state,
            since: Number.isFinite(since) ? since : null,
            labels,
            annotations,
            silencedBy: [],
          },
        ];
      });
      return { alerts: observedAlerts(told), problems: [] };
    },
  };
}
