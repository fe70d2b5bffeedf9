import { useState } from 'react';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { AddressBookPage, ServiceAddress } from '../../../shared/model/serviceAddress.ts';
import { useAsked } from '../../client/useAsked.ts';
import { useConnection } from '../../live/connections.ts';
import { Button } from '../../ui/Button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';

/** From where an address leads anywhere. */
const reachWords: Readonly<Record<ServiceAddress['reach'], string>> = {
  cluster: 'only inside the cluster',
  mesh: 'only through proxies of the mesh',
  registry: 'only for clients that ask this registry',
  network: 'where the network of its instances is reached',
  outside: 'from outside, where its gateway, balancer or nodes are reached',
};

/** What copying came to; `shown` where the clipboard is out of reach and the text is to be selected by hand. */
interface Said {
  readonly text: string;
  readonly shown: string | null;
}

/** How one service is reached, by the systems that know it. */
export function AddressPage({ serviceId }: { readonly serviceId: EntityId }) {
  const page = useAsked(serviceId, (client, signal) => client.services.addresses({ serviceId }, { signal }));
  const [said, setSaid] = useState<Said | null>(null);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid({ text: `Copied ${plainText(text, 120)}.`, shown: null });
    } catch {
      setSaid({ text: 'The clipboard is out of reach here. Select and copy:', shown: text });
    }
  };
  if (page.problem !== null)
    return (
      <div className="addressNone" role="alert">
        <p>{plainText(page.problem)}</p>
        <Button onPress={page.again}>Read again</Button>
      </div>
    );
  if (page.value === null)
    return (
      <p className="muted addressNone" role="status">
        <span className="spinner" aria-hidden="true" /> Asking every system that knows it…
      </p>
    );
  return (
    <>
      {page.value.places.map((place) => (
        <AddressesIn key={place.serviceId} place={place} onCopy={(text) => void copy(text)} />
      ))}
      <p role="status" className="muted addressSaid">
        {said?.text}
      </p>
      {said?.shown != null && (
        <input className="input" readOnly aria-label="The address to copy" value={said.shown} />
      )}
    </>
  );
}

function AddressesIn({
  place,
  onCopy,
}: {
  readonly place: AddressBookPage['places'][number];
  readonly onCopy: (text: string) => void;
}) {
  const { connectionId, system, name, namespace, addresses, instances, problems } = place;
  const connection = useConnection(connectionId);
  return (
    <Section
      title={plainText(system, 80)}
      aside={
        <>
          {plainText(namespace === null ? name : `${namespace}/${name}`, 80)}
          {connection !== null && connection.environment !== 'other' && (
            <>
              {' on '}
              <Place title={connection.title} environment={connection.environment} spelled />
            </>
          )}
        </>
      }
    >
      {addresses.length + instances.length === 0 && (
        <p className="muted">This system tells no way to reach it.</p>
      )}
      <Addresses label={`Addresses in ${plainText(system, 80)}`} list={addresses} onCopy={onCopy} />
      {instances.length > 0 && (
        <details className="addressInstances">
          <summary>{formatCount(instances.length, 'instance')}, each past all balancing and weights</summary>
          <Addresses label={`Instances in ${plainText(system, 80)}`} list={instances} onCopy={onCopy} />
        </details>
      )}
      {problems.map((text) => (
        <p key={text} className="toneWarn">
          {plainText(text, 300)}
        </p>
      ))}
    </Section>
  );
}

function Addresses({
  label,
  list,
  onCopy,
}: {
  readonly label: string;
  readonly list: readonly ServiceAddress[];
  readonly onCopy: (text: string) => void;
}) {
  if (list.length === 0) return null;
  return (
    <ul className="addresses" aria-label={label}>
      {list.map(({ text, purpose, reach }) => (
        <li key={`${text} ${purpose}`}>
          <Button aria-label={`Copy ${plainText(text, 160)}`} onPress={() => onCopy(text)}>
            Copy
          </Button>
          <div>
            <code>{plainText(text, 300)}</code>
            <p className="muted">
              {plainText(purpose, 300)} · <span className="addressReach">{reachWords[reach]}</span>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
