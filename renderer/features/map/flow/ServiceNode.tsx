import { Handle, type NodeProps, Position as Side, useStore } from '@xyflow/react';
import { memo, use } from 'react';
import { greyLine } from '../../../../shared/analysis/greyRoutes.ts';
import { useFiresBadly, useFiringCount } from '../../../live/alerts.ts';
import { useGreyRoutesOf } from '../../../live/routes.ts';
import { useServiceSignals } from '../../../live/signals.ts';
import { useService } from '../../../live/topology.ts';
import { nameOfHostIn, useTripsOf } from '../../../live/trips.ts';
import { HealthRing } from '../../../ui/HealthRing.tsx';
import { plainText } from '../../../ui/plainText.ts';
import { briefHeldLine, briefLine, figuresLine, heldLine, nodeLabel, readyLine } from '../nodeWords.ts';
import { NodeSplit } from '../NodeSplit.tsx';
import { OpenService } from './openService.ts';
import { cardScale } from './zoomLevels.ts';

/** A service as a card. Reads its own figures by id, so that a tick draws only the cards whose figures are new. */
export const ServiceNode = memo(function ServiceNode({ id, selected, dragging }: NodeProps) {
  const service = useService(id);
  const signals = useServiceSignals(id);
  const trips = useTripsOf(id);
  const firing = useFiringCount(id);
  const firesBadly = useFiresBadly(id);
  const grey = greyLine(useGreyRoutesOf(id), service?.name ?? '');
  const nameOfHost = nameOfHostIn(service?.connectionId ?? '');
  const open = use(OpenService);
  if (service === null) return null;
  const outside = service.kind === 'external' || service.kind === 'unknown';
  const classes = [
    'mapCard',
    selected && 'selected',
    outside && 'outside',
    dragging && 'dragging',
    trips.length > 0 && 'held',
  ];
  const held = heldLine(trips, nameOfHost);
  return (
    <Legible when={selected}>
      <Handle type="target" position={Side.Left} isConnectable={false} aria-hidden="true" />
      <Handle type="source" position={Side.Right} isConnectable={false} aria-hidden="true" />
      <div className={classes.filter(Boolean).join(' ')} data-health={signals?.health ?? 'unknown'}>
        <button
          type="button"
          className="mapCardHit"
          data-service-id={id}
          aria-label={nodeLabel(service, signals, held, grey, firing)}
          aria-pressed={selected}
          onKeyDown={(event) => {
            // The first Enter selects, as a click does; the next one goes on into the inspector.
            if (event.key !== 'Enter' || !selected) return;
            event.preventDefault();
            open(id);
          }}
        />
        <HealthRing health={signals?.health ?? 'unknown'} errorRatio={signals?.errorRatio ?? null} />
        <div className="mapCardText">
          <div className="mapCardName ellipsis">{service.name}</div>
          <div className="mapCardLine full ellipsis">{readyLine(service)}</div>
          <div className={held === null ? 'mapCardLine full num ellipsis' : 'mapCardLine full held ellipsis'}>
            {held ?? figuresLine(signals)}
          </div>
          <div className="mapCardLine brief num ellipsis">
            {held === null ? briefLine(signals) : briefHeldLine(trips, signals)}
          </div>
        </div>
        {firing > 0 && (
          <div className={firesBadly ? 'mapCardAlert num' : 'mapCardAlert warn num'} aria-hidden="true">
            ▲{firing > 1 ? ` ${firing}` : ''}
          </div>
        )}
        <NodeSplit serviceId={id} serviceName={service.name} selected={selected} />
        {selected && grey !== null && <div className="mapCardGrey ellipsis">{plainText(grey, 80)}</div>}
      </div>
    </Legible>
  );
});

function Legible({ when, children }: { readonly when: boolean; readonly children: React.ReactNode }) {
  const scale = useStore((state) => (when ? cardScale(state.transform[2]) : 1));
  return (
    <div className="mapCardScale" style={scale === 1 ? undefined : { transform: `scale(${scale})` }}>
      {children}
    </div>
  );
}
