import { obeyFault } from './faultCommands.ts';
import type { KubeServer } from './kube/server.ts';
import type { Rehearsal } from './rehearsal.ts';
import { incidents, type Incident } from './script.ts';
import { type CornerIncident, cornerIncidents, type SpringCorner } from './spring/corner.ts';

/** What commands are for. */
export interface Played {
  readonly rehearsal: Rehearsal;
  readonly kube: KubeServer;
  readonly corner: SpringCorner | null;
}

/** `{"incident":"sale"}` is answered with `{"incident":"sale","ok":true}`; what is no command is not answered. */
export async function answerTo(
  message: unknown,
  { rehearsal, kube, corner }: Played,
): Promise<object | null> {
  if (typeof message !== 'object' || message === null) return null;
  const fault = answerToFault(message, kube.faults);
  if (fault !== null) return fault;
  if (!('incident' in message)) return null;
  const asked = String(message.incident);
  const { script } = rehearsal;
  const inShop = script === null ? undefined : incidents.find((one): one is Incident => one === asked);
  const inCorner =
    corner === null ? undefined : cornerIncidents.find((one): one is CornerIncident => one === asked);
  if (inShop === undefined && inCorner === undefined) {
    const known = [...(script === null ? [] : incidents), ...(corner === null ? [] : cornerIncidents)];
    const error =
      known.length === 0
        ? 'the generated fleet has no incidents'
        : `there is no such incident; there are ${[...new Set(known)].join(', ')}`;
    return { incident: asked, ok: false, error };
  }
  if (inShop !== undefined) script?.trigger(inShop);
  try {
    if (inCorner !== undefined) await corner?.play(inCorner);
  } catch (error) {
    return { incident: asked, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  return { incident: asked, ok: true };
}

/** Faults are for tests and for those who want to see what Podium does then; each is answered as incidents are. */
function answerToFault(message: object, faults: KubeServer['faults']): object | null {
  if (!('fault' in message)) return null;
  const error = obeyFault({ ...message }, faults);
  return error === null ? { fault: message.fault, ok: true } : { fault: message.fault, ok: false, error };
}
