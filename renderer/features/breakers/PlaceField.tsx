import type { TripPlace } from '../../../shared/model/trip.ts';
import { useConnection } from '../../live/connections.ts';
import { Choice } from '../../ui/Choice.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';

interface PlaceFieldProps {
  /** At least one; the one to begin with is the first. */
  readonly places: readonly TripPlace[];
  readonly chosen: TripPlace;
  readonly onChoose: (connectionId: string) => void;
}

/** The system that will be written to; where several could, which and what speaks for each. */
export function PlaceField({ places, chosen, onChoose }: PlaceFieldProps) {
  const connection = useConnection(chosen.connectionId);
  return (
    <>
      <p className="tripWhere">
        {plainText(chosen.call.host, 160)}
        {connection !== null && (
          <>
            {' on '}
            <Place title={connection.title} environment={connection.environment} spelled />
          </>
        )}
      </p>
      {places.length > 1 && (
        <div className="tripSystems">
          <Choice
            label="Through which system"
            options={places.map(({ connectionId, system, why }) => ({
              id: connectionId,
              title: plainText(system, 80),
              note: plainText(sentence(why), 300),
            }))}
            selected={chosen.connectionId}
            onSelect={onChoose}
          />
        </div>
      )}
    </>
  );
}

const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
