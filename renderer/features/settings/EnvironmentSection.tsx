import type { Environment } from '../../../shared/model/entity.ts';
import { useConnections } from '../../live/connections.ts';
import { useSettings } from '../../live/settings.ts';
import { Button } from '../../ui/Button.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { changeMarks } from './changeSettings.ts';
import { SettingCard } from './SettingCard.tsx';

const environments: readonly { readonly id: Environment; readonly title: string }[] = [
  { id: 'production', title: 'production' },
  { id: 'staging', title: 'staging' },
  { id: 'other', title: 'other' },
];

/** How dangerous a mistake is, by connection: what is open, and what was marked before. */
export function EnvironmentSection() {
  const marked = useSettings(({ settings }) => settings.environments);
  const connections = useConnections();
  const titles = [...new Set([...connections.map(({ title }) => title), ...Object.keys(marked)])];
  const mark = (title: string, environment: Environment): void =>
    changeMarks({ environments: { [title]: environment } });
  const unmark = (title: string): void => changeMarks({ environments: { [title]: null } });
  return (
    <SettingCard
      title="Environments"
      says="Guessed from a connection’s name until you say it. In production, a change towards harm asks for the service’s name."
    >
      {titles.length === 0 && <p className="muted">Nothing is connected, and nothing was marked.</p>}
      <div className="settingRows">
        {titles.map((title) => {
          const open = connections.find((one) => one.title === title);
          const environment = marked[title] ?? open?.environment ?? 'other';
          const name = plainText(title, 60);
          return (
            <div key={title} className="settingRow">
              <span className="grow">
                <Place title={title} environment={environment} />{' '}
                <span className="muted">
                  {marked[title] === undefined ? 'guessed from its name' : 'as you said'}
                  {open === undefined && ', not connected now'}
                </span>
              </span>
              <Select
                label={`Environment of ${name}`}
                options={environments}
                selected={environment}
                onSelect={(id) => {
                  const found = environments.find((one) => one.id === id);
                  if (found !== undefined) mark(title, found.id);
                }}
              />
              {marked[title] !== undefined && (
                <Button aria-label={`Guess the environment of ${name} again`} onPress={() => unmark(title)}>
                  Guess again
                </Button>
              )}
            </div>
          );
        })}
      </div>
    </SettingCard>
  );
}
