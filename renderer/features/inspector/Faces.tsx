import { type ReactNode, useState } from 'react';
import { joinPair, splitOff } from '../../../shared/analysis/joins.ts';
import type { Face, GraphService } from '../../../shared/model/graph.ts';
import type { PairMark } from '../../../shared/model/settings.ts';
import { wordsOfError } from '../../client/watch.ts';
import { useConnections } from '../../live/connections.ts';
import { markSettings } from '../../live/settings.ts';
import { useTopology } from '../../live/topology.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { PickOne } from '../../ui/PickOne.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';

/** Which systems know the service, why they are taken to mean the same one, and the operator's word against it. */
export function Faces({
  service,
  reach,
}: {
  readonly service: GraphService;
  /** The way to how it is reached. */
  readonly reach: ReactNode;
}) {
  const connections = useConnections();
  const [joining, setJoining] = useState(false);
  if (service.kind === 'unknown') return null;
  const faces = service.faces ?? [];
  return (
    <Section
      title="Known to"
      aside={connections.length > 1 && <Button onPress={() => setJoining(true)}>Same as another…</Button>}
    >
      {faces.length === 0 ? (
        <p className="muted">{connections.find(({ id }) => id === service.connectionId)?.title} only.</p>
      ) : (
        <ul className="faces">
          {faces.map((face) => (
            <FaceLine key={face.serviceId} face={face} faces={faces} />
          ))}
        </ul>
      )}
      <div className="verdictOffers">{reach}</div>
      {joining && <JoinDialog service={service} onClose={() => setJoining(false)} />}
    </Section>
  );
}

function FaceLine({ face, faces }: { readonly face: Face; readonly faces: readonly Face[] }) {
  const { system, name, namespace, versions, readyInstances, desiredInstances, reason } = face;
  const instances = readyInstances === null ? null : `${readyInstances}${of(desiredInstances)} ready`;
  const facts = [namespace === null ? name : `${namespace}/${name}`, versions.join(', '), instances];
  return (
    <li className="face">
      <div className="grow">
        <b>{plainText(system, 80)}</b>{' '}
        <span className="muted num">
          {facts
            .filter((fact) => fact !== null && fact !== '')
            .map((fact) => plainText(fact ?? '', 80))
            .join(' · ')}
        </span>
        <div className="muted">{reason === null ? 'the node goes by this name' : plainText(reason, 200)}</div>
      </div>
      {reason !== null && (
        <Button
          aria-label={`Not the same: split ${system} off`}
          onPress={() =>
            change(
              splitOff(
                face.serviceId,
                faces.map(({ serviceId }) => serviceId),
              ),
            )
          }
        >
          Not the same
        </Button>
      )}
    </li>
  );
}

const of = (desired: number | null): string => (desired === null ? '' : ` of ${desired}`);

function JoinDialog({ service, onClose }: { readonly service: GraphService; readonly onClose: () => void }) {
  const services = useTopology((graph) => graph.services);
  const connections = useConnections();
  const [other, setOther] = useState<string | null>(null);
  const options = [...services.values()]
    .filter(
      ({ id, connectionId, kind }) =>
        id !== service.id && connectionId !== service.connectionId && kind !== 'unknown',
    )
    .map(({ id, name, namespace, connectionId }) => ({
      id,
      title: plainText(
        `${namespace === null ? name : `${namespace}/${name}`} in ${connections.find((each) => each.id === connectionId)?.title ?? connectionId}`,
        160,
      ),
    }));
  return (
    <Dialog title={`What is ${plainText(service.name, 60)} elsewhere?`} onClose={onClose} widthPx={460}>
      <p className="muted">
        Both become one node. It changes what Podium draws, nothing in either system, and can be taken back.
      </p>
      <PickOne
        label="The same service"
        options={options}
        selected={other}
        onSelect={setOther}
        placeholder="type a part of its name"
      />
      <DialogActions>
        <Button onPress={onClose}>Cancel</Button>
        <Button
          tone="primary"
          isDisabled={other === null}
          onPress={() => {
            if (other !== null) change(joinPair(service.id, other));
            onClose();
          }}
        >
          Join
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function change(pairs: PairMark[]): void {
  markSettings({ joins: { pairs } }).catch((error: unknown) =>
    showToast({ tone: 'bad', text: wordsOfError(error) }),
  );
}
