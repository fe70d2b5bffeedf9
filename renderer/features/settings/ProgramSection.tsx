import { ask } from '../../client/link.ts';
import { refreshSettings, useSettings } from '../../live/settings.ts';
import { Button } from '../../ui/Button.tsx';
import { formatDay } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { Time } from '../../ui/Time.tsx';
import { tellProblem } from './changeSettings.ts';
import { SettingCard } from './SettingCard.tsx';

/** Programs that were allowed to be run for logging in, each to be taken back. */
export function ProgramSection() {
  const programs = useSettings(({ settings }) => settings.programs);
  const revoke = async (fingerprint: string): Promise<void> => {
    await ask((client) => client.settings.revokeProgram({ fingerprint }));
    await refreshSettings();
  };
  return (
    <SettingCard
      title="Login programs"
      says="What kubeconfigs run to log in, and you allowed. One that you take back is asked for again before its next run; a login that it gave already lasts until it expires."
    >
      {programs.length === 0 && <p className="muted">None was allowed.</p>}
      <ul className="settingRows" aria-label="Login programs that were allowed">
        {programs.map(({ fingerprint, path, sha256, title, at }) => (
          <li key={fingerprint} className="settingRow">
            <div className="grow">
              <code>{plainText(path, 400)}</code>
              <div className="muted">
                for {plainText(title, 80)}, since <Time at={at}>{formatDay(at)}</Time> · SHA-256{' '}
                <code title={sha256}>{sha256.slice(0, 12)}…</code>
              </div>
            </div>
            <Button
              aria-label={`Ask again before ${plainText(path, 400)} is run for ${plainText(title, 80)}`}
              onPress={() => tellProblem(revoke(fingerprint))}
            >
              Ask again
            </Button>
          </li>
        ))}
      </ul>
    </SettingCard>
  );
}
