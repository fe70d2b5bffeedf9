import type { ConfigDocument } from '../../../shared/model/config.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import { type Reread, useReread } from '../../client/useReread.ts';
import { useWrittenTo } from '../../live/written.ts';

/** What configures a service, read when it is looked at and after each write to it. */
export function useConfig(
  serviceId: EntityId | null,
): Reread<{ documents: ConfigDocument[]; problems: string[] }> {
  const round = useWrittenTo(serviceId);
  return useReread(
    serviceId,
    (client, signal) => client.config.read({ serviceId: serviceId ?? '' }, { signal }),
    // A document changes seldom, and under the hand of who edits it, it must not.
    { everyMs: () => null, round },
  );
}
