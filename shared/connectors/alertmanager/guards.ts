import type { AlertObservation, Matcher } from '../../model/alert.ts';
import type { Guard } from '../../model/change.ts';
import { guardOf } from '../kit/splitGuards.ts';
import { sameMatchers, type ToldSilence } from './silence.ts';

const mostNamed = 5;

/** Which alerts a silence would hold back from the start. */
export function scopeGuard(matched: readonly AlertObservation[]): Guard {
  return matched.length === 0
    ? guardOf(
        'silence-scope',
        'tick',
        'It matches no alert right now',
        'It would hold back only what comes later.',
      )
    : guardOf('silence-scope', 'pass', `It silences ${sayAlerts(matched)} right now`);
}

/** More than one service, or most of what fires: what nobody hears of any more is hard to think of. */
export function broadGuard(
  matched: readonly AlertObservation[],
  all: number,
  matchers: readonly Matcher[],
): Guard[] {
  const services = new Set(matched.map(({ labels }) => labels['service'] ?? labels['namespace'] ?? ''));
  const names = new Set(matched.map(({ name }) => name));
  const namesNone = !matchers.some(
    ({ name, isEqual, isRegex }) => isEqual && !isRegex && name !== 'severity',
  );
  const why =
    matched.length > 3 && matched.length * 2 > all
      ? `It would hold back ${matched.length} of all ${all} alerts`
      : services.size > 1 && names.size > 1
        ? `It would hold back ${names.size} different alerts of ${services.size} services or namespaces`
        : namesNone
          ? 'No condition names one thing: it takes whatever comes of its kind'
          : null;
  return why === null
    ? []
    : [guardOf('silence-broad', 'tick', why, 'Add a condition, as the alert’s name or the service.')];
}

/** Whether somebody silenced the same before. */
export function alreadyGuard(
  matched: readonly AlertObservation[],
  active: readonly ToldSilence[],
  matchers: readonly Matcher[],
): Guard[] {
  const same = active.find((one) => sameMatchers(one.matchers, matchers));
  if (same !== undefined)
    return [
      guardOf(
        'silenced-already',
        'tick',
        `The same silence is there until ${same.endsAt}, made by ${same.createdBy.slice(0, 80)}`,
        same.comment.slice(0, 300),
      ),
    ];
  if (matched.length === 0 || matched.some(({ silencedBy }) => silencedBy.length === 0)) return [];
  return [
    guardOf(
      'silenced-already',
      'tick',
      'All of them are silenced already',
      'Another silence holds them back.',
    ),
  ];
}

/** Said where Alertmanager's clock is more than a minute off this machine's. */
export function clockGuard(aheadMs: number): Guard[] {
  if (Math.abs(aheadMs) < 60_000) return [];
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  return [
    guardOf(
      'clock',
      'pass',
      `Alertmanager’s clock is ${Math.round(Math.abs(aheadMs) / 1000)} s ${side} this computer’s`,
      'The silence is made by its clock and lasts as long as you said.',
    ),
  ];
}

/** "2 alerts (HighErrors, SlowCalls)". */
export const sayAlerts = (alerts: readonly AlertObservation[]): string => {
  const names = [...new Set(alerts.map(({ name }) => name.slice(0, 80)))];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} (${names.slice(0, mostNamed).join(', ')}${more})`;
};
