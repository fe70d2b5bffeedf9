import './findings.css';
import type { RegistryFinding } from '../../../shared/model/registryFinding.ts';
import { useService } from '../../live/topology.ts';
import { goToCause } from '../../state/findings.ts';
import { openHelpAt } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { findingHelp } from '../../ui/findingHelp.ts';
import { HelpMark } from '../../ui/HelpMark.tsx';
import { plainText } from '../../ui/plainText.ts';

/** One finding: what it is, what was seen, what it means; its services are where the cause is looked for. */
export function FindingLine({
  finding,
  at = null,
}: {
  readonly finding: RegistryFinding;
  /** The service that is looked at already: to it there is no way to go. */
  readonly at?: string | null;
}) {
  const { rule, serviceId, otherId, text } = finding;
  const { title, what } = findingHelp[rule];
  const where = [serviceId, ...(otherId === null ? [] : [otherId])].filter((id) => id !== at);
  return (
    <li className="finding">
      <div className="findingHead">
        <b>{title}</b>
        <HelpMark onPress={() => openHelpAt('finding', rule)} />
        <span className="grow" />
        {where.map((id) => (
          <Cause key={id} id={id} rule={rule} />
        ))}
        {where.length === 0 && rule !== 'versions-differ' && (
          <Button tone="quiet" onPress={() => goToCause(serviceId, rule)}>
            Show instances
          </Button>
        )}
      </div>
      <p>{plainText(text, 500)}</p>
      <p className="muted">{what}</p>
    </li>
  );
}

function Cause({ id, rule }: { readonly id: string; readonly rule: RegistryFinding['rule'] }) {
  const service = useService(id);
  const name = plainText(service?.name ?? id, 60);
  return (
    <Button tone="quiet" aria-label={`Go to ${name}`} onPress={() => goToCause(id, rule)}>
      {name}
    </Button>
  );
}
