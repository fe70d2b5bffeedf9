import './settings.css';
import { type ReactNode, useEffect } from 'react';
import { useConnections } from '../../live/connections.ts';
import { refreshSettings, useSettings } from '../../live/settings.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { AddressSection } from './AddressSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { EnvironmentSection } from './EnvironmentSection.tsx';
import { HealthSection } from './HealthSection.tsx';
import { NotificationSection } from './NotificationSection.tsx';
import { PodiumSection } from './PodiumSection.tsx';
import { ProgramSection } from './ProgramSection.tsx';
import { SharingSection } from './SharingSection.tsx';
import { WebhookSection } from './WebhookSection.tsx';
import { RememberedSection } from './RememberedSection.tsx';
import { TimeSection } from './TimeSection.tsx';

/** Everything that can be set, in one place; each has a default, and a way back to it. `more` is what other features add. */
export function SettingsPage({ more }: { readonly more?: ReactNode }) {
  const connections = useConnections();
  const read = useSettings((state) => state.read);
  // The console remembers some of it by itself: a program that was allowed, a connection that was typed.
  useEffect(() => void refreshSettings().catch(() => undefined), []);
  return (
    <div className="page">
      <div className="pageHead">
        <h2>Settings</h2>
        <span className="muted grow">What you change applies at once.</span>
        {connections.length === 0 && <Button onPress={() => showPage('map')}>Back to the start</Button>}
      </div>
      <div className="pageBody settings">
        {read ? (
          <>
            <AppearanceSection />
            <TimeSection />
            <HealthSection />
            <EnvironmentSection />
            <SharingSection />
            <WebhookSection />
            <NotificationSection />
            {more}
            <ProgramSection />
            <AddressSection />
            <RememberedSection />
            <PodiumSection />
          </>
        ) : (
          <p className="muted" role="status">
            Asking the console what is set…
          </p>
        )}
      </div>
    </div>
  );
}
