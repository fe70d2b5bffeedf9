import type { Change } from '../../model/change.ts';
import type { ConnectorHost } from './connector.ts';
import type { WorkloadControl } from './control.ts';
import { PeerError } from './peerError.ts';

/** How one registry tells and changes whether an instance is in service. */
export interface InstanceStanding<Instance, Standing> {
  /** As it is now. Throws `PeerError` with kind `notFound` where it is not registered. */
  fresh(uid: string, signal: AbortSignal): Promise<Instance>;
  nameOf(instance: Instance): string;
  /** What tells one standing from another. */
  revisionOf(of: Instance | Standing): string;
  say(of: Instance): string;
  /** "Nacos has it out of service." */
  sayReached(of: Instance): string;
  /** A standing as the journal keeps it. */
  read(text: string): Standing;
  write(instance: Instance, to: Standing, signal: AbortSignal): Promise<void>;
  /** Has the registry read again soon what was written. */
  hurry(instance: Instance): void;
}

/**
 * Takes one instance out of service or back in a registry that has no fence: read, compared with what was planned on, written,
 * and read back.
 */
export function writeInstances<Instance, Standing>(
  host: ConnectorHost,
  standing: InstanceStanding<Instance, Standing>,
): Pick<WorkloadControl, 'apply' | 'verify'> {
  const { fresh, revisionOf } = standing;
  const refuseElsewhere = ({ document }: Change): void => {
    if (document.connectionId !== host.connectionId)
      throw new PeerError(
        'refused',
        'This change was planned on another connection; nothing is written here.',
      );
  };
  return {
    async apply({ changes }, signal) {
      const [change] = changes;
      if (change === undefined || changes.length !== 1)
        throw new PeerError('refused', 'One instance is changed at a time.');
      refuseElsewhere(change);
      const before = await fresh(change.document.uid, signal);
      if (revisionOf(before) !== change.revision)
        throw new PeerError(
          'conflict',
          `${standing.nameOf(before)} is ${standing.say(before)} now; someone else changed it. Nothing was written.`,
        );
      await standing.write(before, standing.read(change.after), signal);
      standing.hurry(before);
      const after = await fresh(change.document.uid, signal).catch(() => null);
      return {
        acceptedAt: host.clock.now(),
        revisions: [{ document: change.document, revision: after === null ? '' : revisionOf(after) }],
      };
    },

    async verify(change, signal) {
      refuseElsewhere(change);
      const now = await fresh(change.document.uid, signal).catch((error: unknown) => {
        if (error instanceof PeerError && error.kind === 'notFound') return null;
        throw error;
      });
      if (now === null)
        return {
          state: 'else',
          revision: '',
          detail: 'The instance is not registered any more.',
          changedBy: null,
        };
      const told = { revision: revisionOf(now), changedBy: null };
      const isNow = (text: string): boolean => revisionOf(standing.read(text)) === told.revision;
      if (isNow(change.after)) return { ...told, state: 'after', detail: standing.sayReached(now) };
      if (isNow(change.before)) return { ...told, state: 'before', detail: 'Still as before.' };
      return { ...told, state: 'else', detail: `It is ${standing.say(now)}.` };
    },
  };
}
