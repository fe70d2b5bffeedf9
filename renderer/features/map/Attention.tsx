import { Button as AriaButton } from 'react-aria-components';
import type { Attention as AttentionLine } from '../../../shared/model/signals.ts';
import { useAttention } from '../../live/signals.ts';
import { useService } from '../../live/topology.ts';
import { selectService, useSelectedServiceId } from '../../state/selection.ts';

const most = 5;

/** Where to look first: services in trouble by calls lost per second. One click selects and centres. */
export function Attention() {
  const lines = useAttention();
  if (lines.length === 0) return null;
  return (
    <section className="attention" aria-labelledby="attention-title">
      <h3 className="sectionTitle" id="attention-title">
        Needs attention
      </h3>
      <ul>
        {lines.slice(0, most).map((line) => (
          <Line key={line.serviceId} line={line} />
        ))}
      </ul>
      {lines.length > most && <p className="muted attentionMore">and {lines.length - most} more</p>}
    </section>
  );
}

function Line({ line }: { readonly line: AttentionLine }) {
  const service = useService(line.serviceId);
  const selected = useSelectedServiceId() === line.serviceId;
  if (service === null) return null;
  return (
    <li>
      <AriaButton
        className={selected ? 'attentionLine selected' : 'attentionLine'}
        onPress={() => selectService(line.serviceId, { centre: true })}
      >
        <b className="ellipsis">{service.name}</b>
        {service.kind === 'external' && <span className="muted">external</span>}
        <span className="grow" />
        <span className={`num ${line.health === 'failing' ? 'toneBad' : 'toneWarn'}`}>{line.text}</span>
      </AriaButton>
    </li>
  );
}
