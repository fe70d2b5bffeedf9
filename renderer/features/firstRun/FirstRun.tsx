import './firstRun.css';
import { useEffect } from 'react';
import { showPage, useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Connect } from './Connect.tsx';

/** Where everyone begins. */
export function FirstRun() {
  // Who closed the last connection on another page is on the map once the next one opens.
  useEffect(() => showPage('map'), []);
  return (
    <main className="firstRun">
      <div className="firstRunBody">
        <h1>Podium</h1>
        <p className="muted firstRunLead">
          A live map of your services, and safe changes to them. Nothing is sent anywhere but to the systems
          you connect, and nothing is written before you unlock it.
        </p>
        <Connect />
        <p className="firstRunFoot">
          <Button tone="quiet" onPress={() => showPage('settings')}>
            Settings
          </Button>
          <Button tone="quiet" onPress={() => useView.setState({ helpOpen: true })}>
            Help
          </Button>
        </p>
      </div>
    </main>
  );
}
