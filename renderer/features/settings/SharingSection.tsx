import { useSettings } from '../../live/settings.ts';
import { Checkbox } from '../../ui/Field.tsx';
import { changeMarks } from './changeSettings.ts';
import { SettingCard } from './SettingCard.tsx';

/** Who else is told of what is written from here. */
export function SharingSection() {
  const { events } = useSettings(({ settings }) => settings.sharing);
  return (
    <SettingCard
      title="Tell others"
      says="Other Podiums show what you did on their timeline, and kubectl describe shows it on the object."
    >
      <Checkbox checked={events} onChange={(on) => changeMarks({ events: on })}>
        Leave a Kubernetes Event with what was done, by whom and why
      </Checkbox>
    </SettingCard>
  );
}
