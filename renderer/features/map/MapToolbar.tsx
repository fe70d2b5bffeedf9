import { useConnections } from '../../live/connections.ts';
import { useService } from '../../live/topology.ts';
import { setFocus, setHideIdle, useFilters } from '../../state/filters.ts';
import { listUnprotected } from '../../state/protections.ts';
import { useSelectedServiceId } from '../../state/selection.ts';
import { showPage, useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import type { MapCamera, MapPicture } from './MapCanvas.ts';
import { PathMenu } from './PathMenu.tsx';

interface MapToolbarProps {
  readonly camera: { readonly current: MapCamera | null };
  readonly onTidy: () => void;
  readonly picture: MapPicture;
}

/** What can be done to the view of the map. */
export function MapToolbar({ camera, onTidy, picture }: MapToolbarProps) {
  const hideIdle = useFilters((filters) => filters.hideIdle);
  const focus = useFilters((filters) => filters.focus);
  const selected = useService(useSelectedServiceId());
  const connectionId = useConnections()[0]?.id ?? null;
  return (
    <div className="mapToolbar" role="toolbar" aria-label="View of the map">
      <Button tone="quiet" square aria-label="Zoom in" onPress={() => camera.current?.zoomIn()}>
        +
      </Button>
      <Button tone="quiet" square aria-label="Zoom out" onPress={() => camera.current?.zoomOut()}>
        −
      </Button>
      <Button tone="quiet" onPress={() => camera.current?.fit()}>
        Fit
      </Button>
      <Button tone="quiet" onPress={onTidy}>
        Tidy
      </Button>
      <Button tone="quiet" aria-pressed={hideIdle} onPress={() => setHideIdle(!hideIdle)}>
        {hideIdle ? 'Show idle' : 'Hide idle'}
      </Button>
      {selected !== null && focus?.serviceId !== selected.id && (
        <Button tone="quiet" onPress={() => setFocus({ serviceId: selected.id, hops: 1 })}>
          <span className="ellipsis">Focus {selected.name}</span>
        </Button>
      )}
      {selected !== null && <PathMenu service={selected} />}
      <Button tone="quiet" onPress={() => showPage('services')}>
        Show list
      </Button>
      {selected === null && connectionId !== null && (
        <Button tone="quiet" onPress={() => listUnprotected(connectionId)}>
          Unprotected
        </Button>
      )}
      <ExportMenu picture={picture} />
      <Button tone="quiet" onPress={() => useView.setState({ helpOpen: true })}>
        Legend
      </Button>
    </div>
  );
}
