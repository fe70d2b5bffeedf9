import { z } from 'zod';
import type { AlertPhase, SeenSilence } from '../../model/alert.ts';
import { type AlertSource, observedAlerts, type ToldAlert } from '../kit/alerts.ts';
import { sayError } from '../kit/peerError.ts';
import type { AlertmanagerApi } from './api.ts';
import { silencesIn, type ToldSilence } from './silence.ts';

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
      const alerts = observedAlerts(told.alerts);
      if (alerts.every(({ silencedBy }) => silencedBy.length === 0)) return { alerts, problems: odd };
      const { seen, problem } = await silencesSeen(api, signal);
      return {
        alerts: alerts.map((alert) => ({
          ...alert,
          silences: alert.silencedBy.flatMap((id) => seen.get(id) ?? []),
        })),
        problems: problem === null ? odd : [...odd, problem],
      };
    },
  };
}

/** Who silenced what, until when and why. Where that cannot be read the alerts are told all the same. */
async function silencesSeen(
  api: AlertmanagerApi,
  signal: AbortSignal,
): Promise<{ readonly seen: ReadonlyMap<string, SeenSilence>; readonly problem: string | null }> {
  try {
    const told = silencesIn(await api.silences(signal));
    return { seen: new Map(told.map((one) => [one.id, seenOf(one, api.aheadMs())])), problem: null };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { seen: new Map(), problem: `By whom is not known: ${sayError(thrown, 'Reading silences')}` };
  }
}

function seenOf({ id, createdBy, comment, endsAt }: ToldSilence, aheadMs: number): SeenSilence {
  const until = Date.parse(endsAt) - aheadMs;
  return {
    id,
    by: createdBy.slice(0, 200),
    why: comment.slice(0, 1_000),
    until: Number.isFinite(until) ? until : null,
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
