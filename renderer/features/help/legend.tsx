import type { ReactNode } from 'react';

const line = (stroke: string, dash?: string): ReactNode => (
  <svg width="40" height="10" aria-hidden="true">
    <path d="M2 5h36" stroke={stroke} strokeWidth="2.5" strokeDasharray={dash} strokeLinecap="round" />
  </svg>
);

/** What the signs on the map mean. */
export const legend = {
  healthy: 'Healthy',
  degraded: 'Degraded: from 1 % of calls failed, or not all instances ready',
  failing: 'Failing: from 3 % of calls failed, or nothing ready; the arc is the failed share',
  unknown: 'Unknown: no source can tell',
  lines: [
    { sign: line('var(--faint)'), what: 'A call; the wider, the more requests' },
    { sign: line('var(--bad)'), what: 'A call that fails' },
    { sign: line('var(--faint)', '1 6'), what: 'Asynchronous: through a queue' },
    { sign: line('var(--pending)'), what: 'Held: a call that an operator tripped, with the time left' },
    { sign: line('var(--pending)', '7 5'), what: 'Detour: where tripped calls go instead' },
    { sign: line('var(--pending)', '4 3'), what: 'Pending: what you are about to do, not done yet' },
  ],
};

/** What the chip of a connection, and its card before it is open, may say of it. */
export const connectionSigns: readonly { readonly sign: string; readonly what: string }[] = [
  {
    sign: '! TLS not checked',
    what: 'Nobody checks who answers: whoever stands in between reads and changes all',
  },
  { sign: '! not encrypted', what: 'It goes over plain http to another machine' },
  { sign: '! as …', what: 'You act as somebody else there, with their rights' },
  {
    sign: 'runs a program',
    what: 'To log in. You are shown which, and asked again when anything of it changes',
  },
];

/** What can be typed into find. */
export const findExamples: readonly { readonly text: string; readonly what: string }[] = [
  { text: 'pay', what: 'Part of a name, namespace or owner' },
  { text: 'health:failing', what: 'By health: healthy, degraded, failing, unknown' },
  { text: 'p99>200', what: 'By p50, p90, p99 (ms), rps or errors (%)' },
  { text: 'version:v2', what: 'By version' },
  { text: 'held', what: 'Services whose calls an operator holds' },
  { text: 'new:1h', what: 'Created within the last hour' },
];
