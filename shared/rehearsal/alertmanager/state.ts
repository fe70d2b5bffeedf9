import { randomUUID } from 'node:crypto';
import { fingerprintOf } from './fingerprint.ts';
import { holds, type SimMatcher } from './matching.ts';

export interface SimAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
}

export interface SimSilence {
  readonly id: string;
  readonly matchers: readonly SimMatcher[];
  startsAt: number;
  endsAt: number;
  createdBy: string;
  comment: string;
  updatedAt: number;
}

/** An alert as it is posted. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** What an Alertmanager holds: alerts until they end, silences also after. */
export interface AlertmanagerState {
  readonly now: () => number;
  post(alerts: readonly PostedAlert[]): void;
  alerts(): readonly SimAlert[];
  silences(): readonly SimSilence[];
  silence(id: string): SimSilence | undefined;
  add(silence: Omit<SimSilence, 'id' | 'updatedAt'>): string;
  /** Changes one that is there and answers with its id: the same where only times and words change, else that of one that replaces it. */
  change(id: string, silence: Omit<SimSilence, 'id' | 'updatedAt'>): string;
  expire(id: string): void;
  /** Ids of the silences that hold an alert back now. */
  silencedBy(alert: SimAlert): readonly string[];
  /** Fingerprints of the critical alerts of the same service. */
  inhibitedBy(alert: SimAlert): readonly string[];
}

/** Without an end, an alert is resolved when nobody repeats it for so long. */
const resolveMs = 5 * 60_000;

export function createAlertmanagerState(now: () => number): AlertmanagerState {
  const alerts = new Map<string, SimAlert>();
  const silences = new Map<string, SimSilence>();
  const live = (): SimAlert[] =>
    [...alerts.values()]
      .filter(({ endsAt }) => endsAt > now())
      .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  return {
    now,
    post(posted) {
      const at = now();
      for (const one of posted) {
        const fingerprint = fingerprintOf(one.labels);
        const before = alerts.get(fingerprint);
        const still = before !== undefined && before.endsAt > at ? before.startsAt : null;
        const startsAt = one.startsAt === undefined ? at : Date.parse(one.startsAt);
        alerts.set(fingerprint, {
          fingerprint,
          labels: one.labels,
          annotations: one.annotations ?? {},
          generatorURL: one.generatorURL ?? '',
          startsAt: still === null ? startsAt : Math.min(still, startsAt),
          endsAt: one.endsAt === undefined ? at + resolveMs : Date.parse(one.endsAt),
          updatedAt: at,
        });
      }
      for (const [key, { endsAt }] of alerts) if (endsAt <= at - resolveMs) alerts.delete(key);
    },
    alerts: live,
    silences: () => [...silences.values()],
    silence: (id) => silences.get(id),
    add(silence) {
      const id = randomUUID();
      silences.set(id, { ...silence, startsAt: Math.max(silence.startsAt, now()), id, updatedAt: now() });
      return id;
    },
    change(id, to) {
      const silence = silences.get(id);
      if (silence === undefined || !isSameSilence(silence, to, now())) {
        this.expire(id);
        return this.add(to);
      }
      Object.assign(silence, to, { updatedAt: now() });
      return id;
    },
    expire(id) {
      const silence = silences.get(id);
      if (silence === undefined || silence.endsAt <= now()) return;
      silence.endsAt = now();
      silence.updatedAt = now();
    },
    silencedBy: ({ labels }) =>
      [...silences.values()]
        .filter(({ startsAt, endsAt, matchers }) => {
          const at = now();
          return startsAt <= at && at < endsAt && matchers.every((one) => holds(one, labels));
        })
        .map(({ id }) => id),
    inhibitedBy({ labels, fingerprint }) {
      if (labels['severity'] !== 'warning') return [];
      return live()
        .filter(
          (other) =>
            other.fingerprint !== fingerprint &&
            other.labels['severity'] === 'critical' &&
            ['namespace', 'service'].every((name) => (other.labels[name] ?? '') === (labels[name] ?? '')),
        )
        .map((other) => other.fingerprint);
    },
  };
}

/** Whether a silence stays itself: one that is over does not, nor one with other conditions or, once it began, another beginning. */
function isSameSilence(one: SimSilence, to: Pick<SimSilence, 'matchers' | 'startsAt'>, now: number): boolean {
  if (one.endsAt <= now || JSON.stringify(one.matchers) !== JSON.stringify(to.matchers)) return false;
  const seconds = (at: number): number => Math.floor(at / 1000);
  return one.startsAt <= now ? seconds(one.startsAt) === seconds(to.startsAt) : to.startsAt >= now;
}
