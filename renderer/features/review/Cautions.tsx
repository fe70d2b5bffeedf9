import type { ConnectionId } from '../../../shared/model/entity.ts';
import { useConnection } from '../../live/connections.ts';

/** What whoever writes through this connection must not forget: nobody checks who answers, or one acts as somebody else. */
export function Cautions({ connectionId }: { readonly connectionId: ConnectionId }) {
  const connection = useConnection(connectionId);
  return connection?.cautions.map(({ short, says }) => (
    <p key={short} className="toneBad">
      ! {says}
    </p>
  ));
}
