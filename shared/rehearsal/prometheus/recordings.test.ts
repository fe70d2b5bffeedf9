import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AlertRule, createRuler } from '../alertmanager/ruler.ts';
import { answer } from './api.ts';
import { storeOf } from './testSamples.ts';

interface Recording {
  readonly request: { readonly method: string; readonly path: string };
  readonly response: { readonly status: number; readonly body: unknown };
}

const folder = new URL('../../../test/fixtures/prometheus/', import.meta.url);
const recorded = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording; // written by the recorder

const source = { store: storeOf({ up: [[1_795_314_221, 1]] }), now: () => 1_795_314_221_250, metadata: {} };

describe('answers that a real Prometheus gave', () => {
  it.each([
    'query-bad-syntax',
    'query-bad-time',
    'query-missing',
    'query-empty',
    'query-not-a-number',
    'query-scalar',
    'query-string',
    'range-bad-order',
    'range-bad-step',
    'range-empty',
    'range-too-many-points',
    'series-without-match',
    'label-values-unknown',
  ])('are given alike: %s', (name) => {
    const { request, response } = recorded(name);
    const url = new URL(request.path, 'http://loopback');
    const own = answer(url.pathname, url.searchParams, source);
    expect(own?.status).toBe(response.status);
    expect(withoutTimes(JSON.parse(own?.body ?? 'null'))).toEqual(withoutTimes(response.body));
  });

  it('tell alerts of rules alike: those that fire, and those that wait for their time', () => {
    expect(alertsOf([])).toEqual(recorded('alerts-none').response.body);
    const { body } = recorded('alerts').response;
    const known = { severity: 'critical', namespace: 'shop', service: 'payment' };
    const rules: AlertRule[] = [
      {
        name: 'PaymentFails',
        expression: 'vector(0.25)',
        forMs: 0,
        labels: known,
        annotations: (value) => ({ summary: 'payment fails', share: String(value) }),
      },
      {
        name: 'PaymentSlow',
        expression: 'vector(1800)',
        forMs: 3_600_000,
        labels: { namespace: 'shop' },
        annotations: () => ({}),
      },
    ];
    expect(sorted(alertsOf(rules))).toEqual(sorted(body));
  });

  it('know no other paths', () => {
    const { request, response } = recorded('path-unknown');
    expect(response.status).toBe(404);
    expect(
      answer(new URL(request.path, 'http://loopback').pathname, new URLSearchParams(), source),
    ).toBeNull();
  });
});

/** What the simulator tells of rules that it has evaluated. */
function alertsOf(rules: readonly AlertRule[]): unknown {
  const ruler = createRuler(source.store, rules, () => undefined);
  ruler.evaluate(source.now());
  const own = answer('/api/v1/alerts', new URLSearchParams(), { ...source, alerts: () => ruler.alerts() });
  return JSON.parse(own?.body ?? 'null');
}

/** Neither order nor moment is promised; how a moment is written is. */
function sorted(body: unknown): unknown {
  const { data, ...rest } = body as {
    data: { alerts: { activeAt: string; labels: { alertname: string } }[] };
  };
  const alerts = data.alerts
    .toSorted((a, b) => a.labels.alertname.localeCompare(b.labels.alertname, 'en'))
    .map(({ activeAt, ...alert }) => ({ ...alert, isMoment: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(activeAt) }));
  return { ...rest, alerts };
}

/** The moment of the recording is not ours. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/\b1[67]\d{8}(?:\.\d+)?\b/g, '0')) as unknown; // any JSON
}
