import { Button as AriaButton } from 'react-aria-components';
import { useSignals } from '../../live/signals.ts';
import { useTopology } from '../../live/topology.ts';
import { Menu } from '../../ui/Menu.tsx';
import { useShown } from '../../state/shown.ts';
import { mapAsJson } from './exportJson.ts';
import { offerFile } from './offerFile.ts';

/** Takes what is shown along, with time and source. */
export function ExportMenu() {
  const shown = useShown();
  return (
    <Menu
      label="Export what is shown"
      trigger={
        <AriaButton className="button quiet">
          Export <span aria-hidden="true">▾</span>
        </AriaButton>
      }
      entries={[{ id: 'json', title: 'As JSON' }]}
      onChoose={() => {
        const { services, calls } = useTopology.getState();
        const signals = useSignals.getState();
        const text = mapAsJson({ shown, services, calls, signals, now: Date.now() });
        offerFile('podium-map.json', 'application/json', text);
      }}
    />
  );
}
