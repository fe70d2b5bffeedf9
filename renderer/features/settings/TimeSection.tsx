import { useMemo, useState } from 'react';
import { useSettings } from '../../live/settings.ts';
import { Choice } from '../../ui/Choice.tsx';
import { zoneName, zoneOffset } from '../../ui/format.ts';
import { PickOne } from '../../ui/PickOne.tsx';
import { Time } from '../../ui/Time.tsx';
import { changeSettings } from './changeSettings.ts';
import { SettingCard } from './SettingCard.tsx';
import { zonesToChoose } from './zones.ts';

type Way = 'own' | 'utc' | 'other';

/** In which zone times are told. */
export function TimeSection() {
  const zone = useSettings(({ settings }) => settings.timeZone);
  const [picking, setPicking] = useState(false);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const way: Way = picking ? 'other' : zone === '' ? 'own' : zone === 'UTC' ? 'utc' : 'other';
  const choose = (next: Way): void => {
    setPicking(next === 'other');
    if (next !== 'other') changeSettings({ timeZone: next === 'own' ? '' : 'UTC' });
  };
  const now = Date.now();
  return (
    <SettingCard
      title="Time"
      says="Every time is told in this zone, and in UTC where you rest the pointer. Links, copies and files hold moments that are the same everywhere."
    >
      <Choice
        label="Time zone"
        look="row"
        options={[
          { id: 'own', title: `Yours: ${zoneName(own)}` },
          { id: 'utc', title: 'UTC' },
          { id: 'other', title: 'Another…' },
        ]}
        selected={way}
        onSelect={choose}
      />
      {way === 'other' && (
        <div className="settingFields">
          <ZonePick
            selected={zone === '' || zone === 'UTC' ? null : zone}
            now={now}
            onSelect={(id) => {
              setPicking(false);
              changeSettings({ timeZone: id });
            }}
          />
        </div>
      )}
      <p className="muted" role="status">
        It is <Time at={now} /> now, {zoneOffset(zone, now)}.
      </p>
    </SettingCard>
  );
}

interface ZonePickProps {
  readonly selected: string | null;
  readonly now: number;
  readonly onSelect: (zone: string) => void;
}

function ZonePick({ selected, now, onSelect }: ZonePickProps) {
  const zones = useMemo(zonesToChoose, []);
  return (
    <PickOne
      label={`Which${selected === null ? '' : `: ${zoneOffset(selected, now)}`}`}
      options={zones}
      selected={selected}
      onSelect={onSelect}
      placeholder="Type a city"
    />
  );
}
