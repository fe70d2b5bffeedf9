import { useAsked } from '../../client/useAsked.ts';
import { useSettings } from '../../live/settings.ts';
import { Checkbox } from '../../ui/Field.tsx';
import { changeSettings } from './changeSettings.ts';
import { SettingCard } from './SettingCard.tsx';

const title = 'Desktop notifications';

/** What is told outside the window while somebody works elsewhere. */
export function NotificationSection() {
  const { value } = useAsked('about', (client) => client.about.read());
  const { notifications } = useSettings(({ settings }) => settings);
  if (value === null) return null;
  if (!value.notifies)
    return (
      <SettingCard
        title={title}
        says="This Podium runs in a browser’s page, which shows none. The desktop program does."
      />
    );
  const set = (part: Partial<typeof notifications>): void =>
    changeSettings({ notifications: { ...notifications, ...part } });
  return (
    <SettingCard
      title={title}
      says="Shown while you work in another window; a click leads to the service. Whether your system lets them through, as when you do not want to be disturbed, is set there."
    >
      <Checkbox checked={notifications.own} onChange={(own) => set({ own })}>
        Trips that end soon or have ended, changes that were taken back, canaries that wait for you: always
        known
      </Checkbox>
      <Checkbox checked={notifications.failing} onChange={(failing) => set({ failing })}>
        Services that start failing: known only while the window is open somewhere on the screen. Hidden or
        minimised, nobody reads figures, and what happened is told when you come back
      </Checkbox>
      <Checkbox checked={notifications.alerts} onChange={(alerts) => set({ alerts })}>
        Alerts that start firing: each source is asked every 10 s, also while the window is hidden
      </Checkbox>
    </SettingCard>
  );
}
