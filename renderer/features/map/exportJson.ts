import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { CallSignals, Provenance, ServiceSignals } from '../../../shared/model/signals.ts';
import type { Shown } from '../../state/shown.ts';

interface ExportInput {
  readonly shown: Shown;
  readonly services: ReadonlyMap<EntityId, GraphService>;
  readonly calls: ReadonlyMap<CallId, GraphCall>;
  readonly signals: {
    readonly services: ReadonlyMap<EntityId, ServiceSignals>;
    readonly calls: ReadonlyMap<CallId, CallSignals>;
    readonly provenance: readonly Provenance[];
  };
  readonly now: number;
}

/** What is shown on the map as JSON: the shape, the figures or null, where they are from and when. */
export function mapAsJson({ shown, services, calls, signals, now }: ExportInput): string {
  const picture = {
    takenAt: new Date(now).toISOString(),
    sources: signals.provenance,
    services: shown.services.map((id) => ({
      ...services.get(id),
      signals: signals.services.get(id) ?? null,
    })),
    calls: shown.calls.map((id) => ({ ...calls.get(id), signals: signals.calls.get(id) ?? null })),
  };
  return JSON.stringify(picture, null, 2);
}
