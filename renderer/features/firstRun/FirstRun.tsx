import './firstRun.css';
import { Connect } from './Connect.tsx';

/** Where everyone begins. */
export function FirstRun() {
  return (
    <main className="firstRun">
      <div className="firstRunBody">
        <h1>Podium</h1>
        <p className="muted firstRunLead">
          A live map of your services, and safe changes to them. Nothing is sent anywhere but to the systems
          you connect, and nothing is written before you unlock it.
        </p>
        <Connect />
      </div>
    </main>
  );
}
