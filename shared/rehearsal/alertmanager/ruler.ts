import { instantQuery } from '../prometheus/queries.ts';
import { metricLabels, type SampleStore } from '../prometheus/sampleStore.ts';
import { createTimeline } from '../prometheus/series.ts';
import type { PostedAlert } from './state.ts';

/** A rule as Prometheus evaluates it. */
export interface AlertRule {
  readonly name: string;
  readonly expression: string;
  readonly forMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: (value: number) => Readonly<Record<string, string>>;
}

/** An alert as Prometheus tells of it at /api/v1/alerts. */
export interface RuledAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly value: string;
}

/** Evaluates rules over the samples, keeps what is active among them, and tells an Alertmanager what fires, and what does no more. */
export interface Ruler {
  evaluate(atMs: number): void;
  alerts(): readonly RuledAlert[];
}

interface Active {
  readonly rule: AlertRule;
  readonly since: number;
  value: number;
  labels: Readonly<Record<string, string>>;
}

const everyMs = 5_000;
/** Prometheus sends an end of four evaluations ahead, so that an alert which nobody repeats is resolved. */
const aliveMs = 60_000;
/** Two hours of evaluations are remembered. */
const keep = 1_440;

export function createRuler(
  store: SampleStore,
  rules: readonly AlertRule[],
  post: (alerts: readonly PostedAlert[]) => void,
): Ruler {
  const active = new Map<string, Active>();
  const timeline = createTimeline(keep);
  let at = Number.NEGATIVE_INFINITY;
  const isFiring = ({ rule, since }: Active): boolean => at - since >= rule.forMs;

  const posted = (one: Active, endsAt: number): PostedAlert => ({
    labels: one.labels,
    annotations: one.rule.annotations(one.value),
    generatorURL: '',
    startsAt: new Date(one.since + one.rule.forMs).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  });

  function look(rule: AlertRule): void {
    const found = new Set<string>();
    for (const { metric, value } of vectorOf(instantQuery(store, rule.expression, at))) {
      const labels = { ...metric, ...rule.labels, alertname: rule.name };
      const key = JSON.stringify(Object.entries(labels).sort());
      const known = active.get(key);
      found.add(key);
      active.set(key, { rule, since: known?.since ?? at, value, labels });
    }
    for (const [key, one] of active) {
      if (one.rule !== rule || found.has(key)) continue;
      if (isFiring(one)) post([posted(one, at)]);
      active.delete(key);
    }
  }

  /** As Prometheus does (alerting rules, `ALERTS`): 1 for as long as an alert is in that state, and no sample after that. */
  function remember(one: Active): void {
    const alertstate = isFiring(one) ? 'firing' : 'pending';
    store.series(metricLabels('ALERTS', { ...one.labels, alertstate }), timeline).append(1);
  }

  return {
    evaluate(atMs) {
      if (atMs - at < everyMs) return;
      at = atMs;
      for (const rule of rules) look(rule);
      timeline.push(at);
      for (const one of active.values()) remember(one);
      const firing = [...active.values()].filter(isFiring);
      if (firing.length > 0) post(firing.map((one) => posted(one, at + aliveMs)));
    },
    alerts: () =>
      [...active.values()].map((one) => ({
        labels: one.labels,
        annotations: one.rule.annotations(one.value),
        state: isFiring(one) ? 'firing' : 'pending',
        activeAt: new Date(one.since).toISOString(),
        value: writtenAs(one.value),
      })),
  };
}

function vectorOf(
  data: string,
): readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[] {
  // The simulator's own answer to a query that gives a vector.
  const { result } = JSON.parse(data) as {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
  return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/** An exponent has two digits at least, as Go writes it. */
const writtenAs = (value: number): string => value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
