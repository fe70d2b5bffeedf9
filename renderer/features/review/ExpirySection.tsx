import { atItsDeadline } from '../../ui/deadlineWords.ts';
import { Section } from '../../ui/Section.tsx';
import { Select } from '../../ui/Select.tsx';
import { expiries, type Expiry } from './expiry.ts';

/** For how long a change stays that its owner does not know of. */
export function ExpirySection({
  selected,
  onSelect,
}: {
  readonly selected: Expiry;
  readonly onSelect: (expiry: Expiry) => void;
}) {
  return (
    <Section title="Keep it">
      <Select
        label="Keep it"
        options={expiries}
        selected={selected}
        onSelect={(id) => {
          const chosen = expiries.find((one) => one.id === id);
          if (chosen !== undefined) onSelect(chosen.id);
        }}
      />
      <p className="muted">
        {selected === 'never'
          ? 'Someone else decides about this document: what is written here lasts until they put it back.'
          : `It is taken back ${atItsDeadline}`}
      </p>
    </Section>
  );
}
