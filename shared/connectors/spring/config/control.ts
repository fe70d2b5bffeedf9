import type { EditDocument } from '../../../model/operation.ts';
import type { Control } from '../../kit/control.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Desk, DocumentKind } from './desk.ts';
import { createFileControl } from './files.ts';
import { levelsMemory } from './levels.ts';
import { createMemoryControl } from './memory.ts';
import { overridesMemory } from './overrides.ts';

/** Changes of configuration: in the Config Server's files, or in the memory of every instance. */
export function createConfigControl(desk: Desk): Control<EditDocument> {
  const controls: Readonly<Record<DocumentKind, Control<EditDocument>>> = {
    ConfigFile: createFileControl(desk),
    Overrides: createMemoryControl(desk, overridesMemory),
    Loggers: createMemoryControl(desk, levelsMemory),
  };
  const controlFor = (kind: string | undefined): Control<EditDocument> => {
    const found = Object.entries(controls).find(([name]) => name === kind)?.[1];
    if (found === undefined)
      throw new PeerError('refused', `Spring has no ${kind ?? 'such document'} to change.`);
    return found;
  };
  return {
    plan: (operation, signal) => controlFor(operation.document.kind).plan(operation, signal),
    planUndo: (operation, changes, signal) =>
      controlFor(changes[0]?.document.kind).planUndo(operation, changes, signal),
    apply: (write, signal) => controlFor(write.changes[0]?.document.kind).apply(write, signal),
    verify: (change, signal) => controlFor(change.document.kind).verify(change, signal),
  };
}
