import { PeerError } from '../../kit/peerError.ts';
import { readPropertiesFile } from './propertiesFile.ts';
import type { SourceText } from './sourceText.ts';
import { readYamlFile } from './yamlFile.ts';

/** Throws `PeerError` in words for a file that Podium does not change. */
export function readSourceText(file: string, text: string): SourceText {
  if (text.includes('\0')) throw new PeerError('refused', `${file} is no text.`);
  return file.endsWith('.properties') ? readPropertiesFile(file, text) : readYamlFile(file, text);
}
