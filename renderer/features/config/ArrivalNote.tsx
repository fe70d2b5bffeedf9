import type { ConfigReach } from '../../../shared/model/config.ts';
import { plainText } from '../../ui/plainText.ts';
import { arrivalLines } from './arrival.ts';

/** What it takes for a change to reach the processes, with who reads it, how, and why that is believed. */
export function ArrivalNote({ reach }: { readonly reach: readonly ConfigReach[] }) {
  const lines = arrivalLines(reach);
  if (lines.length === 0)
    return <p className="muted configArrival">Nothing that runs here is known to read it.</p>;
  return (
    <ul className="configArrival">
      {lines.map((line) => (
        <li key={line.arrival}>
          <details>
            <summary>{line.text}</summary>
            <ul className="configReach">
              {line.reach.slice(0, 40).map(({ workload, how, why }, index) => (
                <li key={index}>
                  {workload !== null && <b>{plainText(workload.name, 80)} </b>}
                  {plainText(how, 200)}
                  {why !== '' && <span className="muted"> — {plainText(why, 300)}</span>}
                </li>
              ))}
              {line.reach.length > 40 && <li className="muted">and {line.reach.length - 40} more</li>}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}
