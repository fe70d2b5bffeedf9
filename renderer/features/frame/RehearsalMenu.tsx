import { ask } from '../../client/link.ts';
import { wordsOfError } from '../../client/watch.ts';
import { showToast } from '../../state/toasts.ts';
import { Menu, MenuButton } from '../../ui/Menu.tsx';

const incidents = [
  { id: 'sale', title: 'Begin a sale that overloads payment' },
  { id: 'badV2', title: 'Roll out a bad payment v2' },
  { id: 'discountsFail', title: 'Let the partners’ discounts fail: breakers open' },
  { id: 'pricingGrows', title: 'Start one more instance of the partners’ pricing' },
  { id: 'calm', title: 'Calm down: end all incidents' },
] as const;

/** What can be made to happen in the built-in fleet. */
export function RehearsalMenu() {
  return (
    <Menu
      label="Incidents of the rehearsal"
      trigger={<MenuButton look="chip">Incidents</MenuButton>}
      entries={incidents}
      onChoose={(id) => {
        const title = incidents.find((each) => each.id === id)?.title ?? id;
        ask((client) => client.rehearsal.trigger({ incident: id })).then(
          () => showToast({ tone: 'neutral', text: `Rehearsal: ${title.toLowerCase()}.` }),
          (error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }),
        );
      }}
    />
  );
}
