import type { Change } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { Control } from '../../kit/control.ts';
import type { NamedFolder, Written } from '../../kit/folder.ts';
import { PeerError, type PeerErrorKind, sayError } from '../../kit/peerError.ts';
import type { BackendFile, Desk } from './desk.ts';
import { digestOf } from './digest.ts';
import { planWrite, Undoing } from './filePlan.ts';
import { takenBack } from './hunks.ts';
import { goneGuard } from './instances.ts';
import { readSourceText } from './readSourceText.ts';
import { findServed, refreshAll } from './servedFile.ts';
import { type Wanted, wantedOf } from './values.ts';

/** Edits of the Config Server's files: compared, written whole, then every instance that gets the file refreshes. */
export function createFileControl(desk: Desk): Control<EditDocument> {
  const { fleet } = desk;
  return {
    async plan(operation, signal) {
      const wanted = wantedOf(operation, 'property');
      const served = await findServed(desk, operation.document.name, [], signal);
      const text = [...wanted].reduce(
        (now, [key, value]) => readSourceText(served.found.file, now).with(key, value),
        served.found.text,
      );
      return planWrite(desk, served, text, wanted, operation.revision);
    },
    async planUndo(_operation, [change], signal) {
      const undoing = Undoing.safeParse(change?.inverse[0]?.value).data;
      if (change === undefined || undoing === undefined)
        throw new PeerError('refused', 'The journal does not say how this file was before.');
      const served = await findServed(desk, undoing.file, undoing.instances, signal);
      const wanted: Wanted = new Map(undoing.keys);
      const { text, file, folder } = served.found;
      refuseOtherBranch(folder, undoing.branch);
      const back =
        (digestOf(text) === undoing.of ? takenBack(text, undoing.hunks) : null) ??
        [...wanted].reduce((now, [key, value]) => readSourceText(file, now).with(key, value), text);
      const planned = planWrite(desk, served, back, wanted, digestOf(text));
      const gone = undoing.instances.filter((name) => !served.environments.some((one) => one.name === name));
      return gone.length === 0 ? planned : { ...planned, guards: [...planned.guards, goneGuard(gone)] };
    },
    async apply({ changes }, signal) {
      const [change] = changes;
      if (
        change === undefined ||
        changes.length !== 1 ||
        change.document.connectionId !== fleet.host.connectionId
      )
        throw new PeerError(
          'refused',
          'This change was planned on another connection; nothing is written here.',
        );
      const { name } = change.document;
      const doing = Undoing.parse(change.patch[0]?.value);
      const served = await findServed(desk, name, doing.instances, signal);
      const { found } = served;
      refuseOtherBranch(found.folder, doing.branch);
      const text = takenBack(found.text, doing.hunks);
      if (digestOf(found.text) !== change.revision || text === null) throw moved(name);
      const written = await write(found, text, change);
      await refreshAll(desk, served, new Map(doing.keys), signal);
      return {
        acceptedAt: fleet.host.clock.now(),
        revisions: [{ document: change.document, revision: written.commit?.slice(0, 12) ?? digestOf(text) }],
      };
    },
    async verify(change) {
      const { name } = change.document;
      const folder = await desk.folder();
      // Another branch may well have no such file.
      const { branch } = Undoing.parse(change.patch[0]?.value);
      if (folder !== null) refuseOtherBranch(folder, branch, 'unreachable');
      const text = (await folder?.read(name)) ?? null;
      if (folder === null || text === null)
        throw new PeerError('notFound', `${name} cannot be read on this machine now.`);
      const { values } = readSourceText(name, text);
      const has = (steps: Change['patch']): boolean =>
        Undoing.parse(steps[0]?.value).keys.every(([key, value]) => (values.get(key) ?? null) === value);
      const state = has(change.patch) ? 'after' : has(change.inverse) ? 'before' : 'else';
      const details = {
        after: `${name} in ${folder.path} says it.`,
        before: `${name} in ${folder.path} is as before.`,
        else: `${name} in ${folder.path} says neither what was before nor what was written.`,
      };
      return { state, revision: digestOf(text), detail: details[state], changedBy: null };
    },
  };
}

/** A Config Server checks out what an application asks for, in the very work tree where it is given one (its `file:` URIs). */
function refuseOtherBranch(
  { path, branch }: NamedFolder,
  meant: string | undefined,
  kind: PeerErrorKind = 'conflict',
): void {
  if (meant !== undefined && meant !== branch)
    throw new PeerError(
      kind,
      `${path} is on ${branch ?? 'no branch'} now and not on ${meant}: its Config Server checks out what applications ask for. Try again in a moment.`,
    );
}

const moved = (name: string): PeerError =>
  new PeerError('conflict', `Somebody changed ${name} meanwhile. Nothing was written. Review it again.`);

async function write(
  { folder, file, text: was }: BackendFile,
  text: string,
  change: Change,
): Promise<Written> {
  try {
    const message = `${file}: change ${Undoing.parse(change.patch[0]?.value)
      .keys.map(([key]) => key)
      .join(', ')}\n\nBy Podium.\n`;
    const written = await folder.write({ file, was, text, message });
    if (written === false) throw moved(file);
    return written;
  } catch (error) {
    if (error instanceof PeerError) throw error;
    throw new PeerError('refused', `Nothing was written: ${sayError(error, `Writing ${file}`)}`);
  }
}
