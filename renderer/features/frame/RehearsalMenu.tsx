import { Button as AriaButton } from 'react-aria-components';
import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { showToast } from '../../state/toasts.ts';
import { Menu } from '../../ui/Menu.tsx';

const incidents = [
  { id: 'sale', title: 'Begin a sale that overloads payment' },
  { id: 'badV2', title: 'Roll out a bad payment v2' },
  { id: 'calm', title: 'Calm down: end all incidents' },
] as const;

/** What can be made to happen in the built-in fleet. */
export function RehearsalMenu() {
  return (
    <Menu
      label="Incidents of the rehearsal"
      trigger={
        <AriaButton className="chip">
          Incidents <span aria-hidden="true">▾</span>
        </AriaButton>
      }
      entries={incidents}
      onChoose={(id) => {
        const incident = incidents.find((each) => each.id === id);
        if (incident === undefined) return;
        ask((client) => client.rehearsal.trigger({ incident: incident.id })).then(
          () => showToast({ tone: 'neutral', text: `Rehearsal: ${incident.title.toLowerCase()}.` }),
          (error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }),
        );
      }}
    />
  );
}
