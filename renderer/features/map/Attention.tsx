import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Attention as AttentionLine } from '../../../shared/model/signals.ts';
import { useTitleAmongSeveral } from '../../live/connections.ts';
import { useAttention } from '../../live/signals.ts';
import { useService } from '../../live/topology.ts';
import { selectService, useSelectedServiceId } from '../../state/selection.ts';

const most = 5;

/**
 * Where to look first: services in trouble by calls lost per second. One click selects and centres. Where the map is small
 * only the worst is named, until the operator asks for all.
 */
export function Attention({ narrow }: { readonly narrow: boolean }) {
  const lines = useAttention();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const folded = chosen ?? narrow;
  if (lines.length === 0) return null;
  const shown = folded ? 1 : most;
  return (
    <section className={folded ? 'attention folded' : 'attention'} aria-labelledby="attention-title">
      <h3 className="sectionTitle" id="attention-title">
        Needs attention
      </h3>
      <ul>
        {lines.slice(0, shown).map((line) => (
          <Line key={line.serviceId} line={line} />
        ))}
      </ul>
      {!folded && lines.length > most && (
        <p className="muted attentionMore">and {lines.length - most} more</p>
      )}
      <AriaButton
        className="attentionFold"
        aria-expanded={!folded}
        aria-label={folded ? 'Show all that needs attention' : 'Show only the worst'}
        onPress={() => setChosen(!folded)}
      >
        {folded && lines.length > 1 && <span className="num">+{lines.length - 1}</span>}
        <span aria-hidden="true">{folded ? '▴' : '▾'}</span>
      </AriaButton>
    </section>
  );
}

function Line({ line }: { readonly line: AttentionLine }) {
  const service = useService(line.serviceId);
  const selected = useSelectedServiceId() === line.serviceId;
  const cluster = useTitleAmongSeveral(service?.connectionId ?? '');
  if (service === null) return null;
  return (
    <li>
      <AriaButton
        className={selected ? 'attentionLine selected' : 'attentionLine'}
        onPress={() => selectService(line.serviceId, { centre: true })}
      >
        <b className="ellipsis">{service.name}</b>
        {service.kind === 'external' && <span className="muted">external</span>}
        {cluster !== null && <span className="muted ellipsis">{cluster}</span>}
        <span className="grow" />
        <span className={`num ${line.health === 'failing' ? 'toneBad' : 'toneWarn'}`}>{line.text}</span>
      </AriaButton>
    </li>
  );
}
