import './Place.css';
import type { Environment } from '../../shared/model/entity.ts';
import { plainText } from './plainText.ts';

interface PlaceProps {
  readonly title: string;
  readonly environment: Environment;
  /** Adds the environment in words; without it the colour alone would say it, so something near must. */
  readonly spelled?: boolean;
}

/** The name of a connection in its environment's colour: the wrong cluster is the likeliest accident. */
export function Place({ title, environment, spelled = false }: PlaceProps) {
  const name = plainText(title, 60);
  return (
    <b className={`place ${environment}`} title={`${name}: ${environment}`}>
      {spelled && environment !== 'other' ? `${name} (${environment})` : name}
    </b>
  );
}
