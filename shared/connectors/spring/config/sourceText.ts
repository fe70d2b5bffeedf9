import { PeerError } from '../../kit/peerError.ts';
import { readPropertiesFile } from './propertiesFile.ts';
import { readYamlFile } from './yamlFile.ts';

/** The text of one file of properties, read as Spring reads it and changed in place. */
export interface SourceText {
  /** As Spring flattens them. */
  readonly values: ReadonlyMap<string, string>;
  /** The text with one property set, or taken away by null; all else stays as it is. Throws `PeerError` where it cannot. */
  with(key: string, value: string | null): string;
  /** The text for people and the journal: values that look secret are covered. */
  readonly covered: string;
}

/** Throws `PeerError` in words for a file that Podium does not change. */
export function readSourceText(file: string, text: string): SourceText {
  if (text.includes('\0')) throw new PeerError('refused', `${file} is no text.`);
  return file.endsWith('.properties') ? readPropertiesFile(file, text) : readYamlFile(file, text);
}
