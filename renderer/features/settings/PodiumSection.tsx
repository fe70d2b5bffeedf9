import { useAsked } from '../../client/useAsked.ts';
import { useSettings } from '../../live/settings.ts';
import { openReport } from '../../state/about.ts';
import { useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { changeSettings } from './changeSettings.ts';
import { SettingCard } from './SettingCard.tsx';

/** Podium itself: which it is, where it keeps what it keeps, and its keys. */
export function PodiumSection() {
  const { value, problem } = useAsked('about', (client) => client.about.read());
  const tourDone = useSettings(({ settings }) => settings.tourDone);
  return (
    <SettingCard title="This Podium">
      {problem !== null && (
        <p role="alert" className="toneBad">
          {problem}
        </p>
      )}
      {value !== null && (
        <>
          {!value.writable && (
            <p className="toneWarn">
              ! Another Podium uses the same data folder, so this one only reads: what you set here ends with
              it.
            </p>
          )}
          <dl className="settingFacts">
            <dt>Version</dt>
            <dd>{plainText(value.version, 60)}</dd>
            <dt>You</dt>
            <dd>{plainText(value.actor, 120)}, as the journal names you</dd>
            <dt>Data folder</dt>
            <dd>
              {value.dataFolder === null ? (
                'none: nothing is kept'
              ) : (
                <>
                  <code>{plainText(value.dataFolder, 400)}</code>
                  <div className="muted">
                    Journal, settings, last maps, and podium.log. Set PODIUM_DATA for another one.
                  </div>
                </>
              )}
            </dd>
          </dl>
        </>
      )}
      <div className="settingFields">
        <Button onPress={() => useView.setState({ helpOpen: true })}>All keys, and help</Button>
        <Button onPress={openReport}>Report for a bug…</Button>
        {tourDone && (
          <Button onPress={() => changeSettings({ tourDone: false })}>Offer the tour again</Button>
        )}
      </div>
    </SettingCard>
  );
}
