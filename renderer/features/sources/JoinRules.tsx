import { parseEntityId } from '../../../shared/analysis/entityIds.ts';
import { forgetPair } from '../../../shared/analysis/joins.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import type { Joins, Marks } from '../../../shared/model/settings.ts';
import { wordsOfError } from '../../client/watch.ts';
import { markSettings, useSettings } from '../../live/settings.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';

/** How Podium tells that services of several systems are one, to be switched off or overruled. */
export function JoinRules() {
  const joins = useSettings(({ settings }) => settings.joins);
  return (
    <section className="sourceCard" aria-label="One service in several systems">
      <div className="sourceHead">
        <h3>One service in several systems</h3>
      </div>
      <p className="muted">
        A service that several systems know is one node. A name that documents share (annotation
        podium.dev/service) always counts; different environments are never joined.
      </p>
      <Checkbox checked={joins.convention} onChange={(convention) => write({ convention })}>
        Same name, and the same namespace where both systems have one
      </Checkbox>
      <Checkbox checked={joins.addresses} onChange={(addresses) => write({ addresses })}>
        An address that instances of both have
      </Checkbox>
      <Pairs title="Joined by hand" pairs={joins.together} />
      <Pairs title="Kept apart by hand" pairs={joins.apart} />
    </section>
  );
}

interface PairsProps {
  readonly title: string;
  readonly pairs: Joins['together'];
}

function Pairs({ title, pairs }: PairsProps) {
  if (pairs.length === 0) return null;
  return (
    <>
      <h4 className="sectionTitle">{title}</h4>
      <ul className="sourceList">
        {pairs.map((pair) => (
          <li key={pair.join(' ')} className="sourceItem joinPair">
            <span className="grow">{pair.map((id) => nameOf(id)).join(' and ')}</span>
            <Button
              aria-label={`Leave ${pair.join(' and ')} to the rules`}
              onPress={() => write({ pairs: forgetPair(pair) })}
            >
              Leave to the rules
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** "shop/order in Prod EU". */
function nameOf(id: EntityId): string {
  const key = parseEntityId(id);
  if (key === null || key.kind === 'unknown') return plainText(id, 120);
  const name = key.kind === 'external' ? key.host : `${key.namespace}/${key.name}`;
  return plainText(`${name} in ${key.connectionId}`, 160);
}

function write(joins: NonNullable<Marks['joins']>): void {
  markSettings({ joins }).catch((error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }));
}
