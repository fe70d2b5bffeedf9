import type { Audience } from '../traffic/behaviour.ts';

/** Who visits besides plain visitors: those who asked for what is new, and staff, known by their session's cookie. */
export const audiences: readonly Audience[] = [
  { share: 0.08, headers: { 'x-user-group': 'beta', cookie: 'lang=en; group=beta' } },
  { share: 0.03, headers: { 'x-user-group': 'staff', cookie: 'lang=en; group=staff; canary=always' } },
];
