import type { LoginProgram } from '../../model/program.ts';

/** What a host lends connections that log in by running a program. */
export interface ProgramGate {
  /** Folders in which programs are looked for, as in PATH. `problem`: why they may not be all. */
  searchPath(): Promise<SearchPath>;
  /** Throws `PeerError` until the operator has allowed exactly this program; asks them meanwhile. */
  mustBeAllowed(program: LoginProgram): void;
}

/** Where programs are looked for. */
export interface SearchPath {
  readonly folders: readonly string[];
  readonly problem: string | null;
}
