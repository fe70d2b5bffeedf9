import type { Journal } from './journal.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import type { SettingsKeeper } from './settings.ts';
import type { World } from './world.ts';

/** What the inspector needs of the console. */
export interface InspectParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly journal: Journal;
  readonly settings: SettingsKeeper;
  readonly ports: Ports;
}
