/** The text of one file of properties, read as Spring reads it and changed in place. */
export interface SourceText {
  /** As Spring flattens them. */
  readonly values: ReadonlyMap<string, string>;
  /** The text with one property set, or taken away by null; all else stays as it is. Throws `PeerError` where it cannot. */
  with(key: string, value: string | null): string;
  /** The text for people and the journal: values that look secret are covered. */
  readonly covered: string;
}
