import { useSignals } from '../../live/signals.ts';
import { useSplitStore } from '../../live/splits.ts';
import { useTopology } from '../../live/topology.ts';
import { useTripStore } from '../../live/trips.ts';
import { type Shown, useShown } from '../../state/shown.ts';
import { showToast } from '../../state/toasts.ts';
import { Menu, MenuButton } from '../../ui/Menu.tsx';
import { mapAsJson } from './exportJson.ts';
import { pngOf } from './exportPng.ts';
import { type Colours, colourNames, mapAsSvg } from './exportSvg.ts';
import type { MapPicture } from './MapCanvas.ts';
import { offerFile } from '../../ui/offerFile.ts';

const entries = [
  { id: 'png', title: 'As PNG' },
  { id: 'svg', title: 'As SVG' },
  { id: 'json', title: 'As JSON' },
] as const;

/** Takes what is shown along, with time and source. */
export function ExportMenu({ picture }: { readonly picture: MapPicture }) {
  const shown = useShown();
  return (
    <Menu
      label="Export what is shown"
      trigger={<MenuButton look="button quiet">Export</MenuButton>}
      entries={entries}
      onChoose={(format) => {
        exportAs(format, shown, picture).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          showToast({ tone: 'bad', text: `The map could not be exported: ${why} JSON needs no drawing.` });
        });
      }}
    />
  );
}

async function exportAs(
  format: (typeof entries)[number]['id'],
  shown: Shown,
  picture: MapPicture,
): Promise<void> {
  const { services, calls } = useTopology.getState();
  const signals = useSignals.getState();
  const { trips } = useTripStore.getState();
  const now = Date.now();
  if (format === 'json') {
    const text = mapAsJson({ shown, services, calls, trips, signals, now });
    offerFile('podium-map.json', new Blob([text], { type: 'application/json' }));
    return;
  }
  const { splits } = useSplitStore.getState();
  const svg = mapAsSvg({ picture, services, calls, splits, trips, signals, colours: coloursNow(), now });
  if (format === 'svg') offerFile('podium-map.svg', new Blob([svg.text], { type: 'image/svg+xml' }));
  else offerFile('podium-map.png', await pngOf(svg));
}

function coloursNow(): Colours {
  const styles = getComputedStyle(document.documentElement);
  const entriesOf = colourNames.map((name) => [name, styles.getPropertyValue(`--${name}`).trim()]);
  // Each name has its entry, just made.
  return Object.fromEntries(entriesOf) as Colours;
}
