import type { Alert } from '../model/alert.ts';

const calm = new Set(['none', 'info', 'informational', 'information', 'notice', 'debug']);
const warnings = new Set(['warning', 'warn', 'minor']);

/** How bad its rule calls it. Those that only tell, as a watchdog that fires for ever, call for nobody; what says nothing is taken for bad. */
export function alertTone({ severity }: Pick<Alert, 'severity'>): 'bad' | 'warn' | 'calm' {
  const word = severity?.trim().toLowerCase() ?? '';
  if (calm.has(word)) return 'calm';
  return warnings.has(word) ? 'warn' : 'bad';
}

/** Whether somebody should look: it fires, nobody silenced it, and it does more than tell. */
export const callsForSomebody = (alert: Pick<Alert, 'phase' | 'severity'>): boolean =>
  alert.phase === 'firing' && alertTone(alert) !== 'calm';
