import './routing.css';
import type { GreyRoute } from '../../../shared/model/routing.ts';
import type { MeasuredSplit, Split } from '../../../shared/model/weights.ts';
import { useDenied } from '../../live/rights.ts';
import { useGreyRoutes } from '../../live/routes.ts';
import { useServiceSignals } from '../../live/signals.ts';
import { askFor } from '../../state/pending.ts';
import { askAboutSplit } from '../../state/splitDialogs.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { mirrorOf, removalOf } from './greyDraft.ts';
import { trafficOf } from './greyTraffic.ts';

interface GreyRoutesProps {
  readonly split: Split;
  readonly editable: boolean;
  /** Null while nothing was counted. */
  readonly measured: MeasuredSplit | null;
}

/** Which requests are on what whatever the weights say, what is mirrored, what traffic shows of it, and the ways to more. */
export function GreyRoutes({ split, editable, measured }: GreyRoutesProps) {
  const routes = useGreyRoutes(split);
  const signals = useServiceSignals(routes.length === 0 ? null : split.serviceId);
  const { connectionId, document } = split;
  const denied = useDenied(connectionId, {
    verb: 'patch',
    kind: document.kind,
    namespace: document.namespace,
  });
  const mirrored = routes.some(({ kind }) => kind === 'mirror');
  const canEdit = editable && denied === null && split.route.protocol === 'http';
  // Some documents hold weights and nothing that could stand beside them here.
  const canRouteBeside = split.beside?.by.length !== 0;
  const versions = signals?.versions ?? {};
  return (
    <>
      {routes.length > 0 && (
        <ul className="greyRoutes" aria-label="Routed besides the weights">
          {routes.map((route) => (
            <RouteLine
              key={route.id}
              route={route}
              split={split}
              editable={canEdit}
              traffic={trafficOf({ route, routes, split, measured, versions })}
            />
          ))}
        </ul>
      )}
      {canEdit && canRouteBeside && (
        <Button onPress={() => askAboutSplit('route', split)}>Route some requests…</Button>
      )}
      {canEdit && !mirrored && split.beside?.mirror !== false && (
        <Button onPress={() => askAboutSplit('mirror', split)}>Mirror…</Button>
      )}
    </>
  );
}

interface RouteLineProps {
  readonly route: GreyRoute;
  readonly split: Split;
  readonly editable: boolean;
  /** What is seen of it, in a sentence. */
  readonly traffic: string;
}

function RouteLine({ route, split, editable, traffic }: RouteLineProps) {
  const { kind, name, matchText, to, percent, ours } = route;
  const isMirror = kind === 'mirror';
  const what = isMirror ? `${percent ?? 100} % copied` : matchText;
  const remove = () => {
    if (!isMirror) return askFor(removalOf(split, name), `Remove the route ${plainText(name, 60)}`);
    const { operation } = mirrorOf(split, null, '0');
    if (operation !== null) askFor(operation, `End mirroring of ${plainText(split.document.name, 60)}`);
  };
  return (
    <li>
      <span className="grow">
        {plainText(what, 160)} <span aria-hidden="true">→</span>
        <span className="visuallyHidden">go to</span> <b>{plainText(to, 60)}</b>
        {!isMirror && !ours && <span className="muted"> · not made by Podium</span>}
        <span className="greyTraffic muted num">{plainText(traffic, 300)}</span>
      </span>
      {editable && (isMirror || ours) && (
        <Button
          aria-label={isMirror ? 'End mirroring' : `Remove the route ${plainText(name, 60)}`}
          onPress={remove}
        >
          {isMirror ? 'End…' : 'Remove…'}
        </Button>
      )}
    </li>
  );
}
