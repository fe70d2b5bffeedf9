import { z } from 'zod';
import type { AlertPhase } from '../../model/alert.ts';
import { type AlertSource, observedAlerts, type ToldAlert } from '../kit/alerts.ts';
import type { AlertmanagerApi } from './api.ts';

const alertShape = z.object({
  fingerprint: z.string(),
  startsAt: z.string().optional(),
  labels: z.unknown(),
  annotations: z.unknown(),
  status: z.object({
    /** `unprocessed`: it came a moment ago, and nothing was decided yet. */
    state: z.string(),
    silencedBy: z.array(z.string()).nullish(),
    inhibitedBy: z.array(z.string()).nullish(),
  }),
});

/** All alerts that Alertmanager holds now; those that are resolved are gone from its answer. */
export function createAlertSource(api: AlertmanagerApi, source: string): AlertSource {
  return {
    source,
    gathers: true,
    async read(signal) {
      const told = toldIn(await api.alerts([], signal));
      const odd =
        told.odd === 0
          ? []
          : [`${told.odd} alerts came in a shape that Podium does not know and are left out.`];
      return { alerts: observedAlerts(told.alerts), problems: odd };
    },
  };
}

/** Alerts in Alertmanager's own words; what has another shape is counted. */
export function toldIn(answer: readonly unknown[]): { readonly alerts: ToldAlert[]; readonly odd: number } {
  const alerts = answer.flatMap((one): ToldAlert[] => {
    const read = alertShape.safeParse(one).data;
    if (read === undefined) return [];
    const { fingerprint, startsAt, labels, annotations, status } = read;
    const silencedBy = status.silencedBy ?? [];
    const since = startsAt === undefined ? Number.NaN : Date.parse(startsAt);
    return [
      {
        key: fingerprint,
        phase: phaseOf(status.state, silencedBy.length > 0),
        since: Number.isFinite(since) ? since : null,
        labels,
        annotations,
        silencedBy,
      },
    ];
  });
  return { alerts, odd: answer.length - alerts.length };
}

/** Both silences and inhibitions make it `suppressed`; a silence is what somebody decided. */
function phaseOf(state: string, isSilenced: boolean): AlertPhase {
  if (state !== 'suppressed') return 'firing';
  return isSilenced ? 'silenced' : 'inhibited';
}
