/** A folder of this machine that the operator named. Nothing outside it is read or written. Everything throws in words. */
export interface NamedFolder {
  /** Its full path. */
  readonly path: string;
  /** The branch that is checked out where it lies in a Git work tree; null elsewhere. */
  readonly branch: string | null;
  /** A file's text by its path inside; null where there is none that may be read. */
  read(file: string): Promise<string | null>;
  /**
   * Replaces a file as a whole, if it still holds `was`; resolves to false, with nothing written, where it does not. In a Git
   * work tree it is committed to the branch that is checked out, and put back where that fails. Nothing is pushed.
   */
  write(change: FileChange): Promise<Written | false>;
}

export interface FileChange {
  readonly file: string;
  readonly was: string;
  readonly text: string;
  /** Of the commit. */
  readonly message: string;
}

export interface Written {
  /** Null where there is no Git. */
  readonly commit: string | null;
}

/** Opens folders for connectors. Throws in words. */
export type OpenFolder = (path: string) => Promise<NamedFolder>;
