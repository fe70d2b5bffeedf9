import { useSettings } from '../../live/settings.ts';
import { showConnect } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { SettingCard } from './SettingCard.tsx';

/** Connectors keep it in one of these fields. */
const whereTo = (values: Readonly<Record<string, string>>): string =>
  (values['mayLeadTo'] ?? values['within'] ?? '').trim();

/** Where connections that were typed go, and where what they say may lead. */
export function AddressSection() {
  const remembered = useSettings(({ settings }) => settings.remembered);
  return (
    <SettingCard
      title="Approved addresses"
      says="A registry names addresses of instances and proxies. Podium goes to none that you did not approve for that connection, and nowhere on this machine where it listens itself."
    >
      {remembered.length === 0 && (
        <p className="muted">
          No system was connected by an address. Clusters of your kubeconfig need none approved.
        </p>
      )}
      <div className="settingRows">
        {remembered.map(({ title, values }) => {
          const name = plainText(title, 80);
          const within = whereTo(values);
          // Beside its own: of proxies, of figures.
          const others = Object.entries(values).filter(
            ([field, value]) => field !== 'address' && value.includes('://'),
          );
          return (
            <div key={title} className="settingRow">
              <div className="grow">
                <b>{name}</b> <span className="muted">{plainText(values['address'] ?? '', 200)}</span>
                <div className={within === '' ? 'muted' : undefined}>
                  {within === '' ? 'No other addresses approved' : `May lead to ${plainText(within, 400)}`}
                </div>
                {others.map(([field, value]) => (
                  <div key={field}>Also asks {plainText(value, 400)}</div>
                ))}
              </div>
              <Button aria-label={`Change where ${name} may lead`} onPress={showConnect}>
                Change…
              </Button>
            </div>
          );
        })}
      </div>
    </SettingCard>
  );
}
