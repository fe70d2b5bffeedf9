/**
 * A document's text without what says which document it is, as the journal keeps it: of two versions of one document only
 * what was written is compared.
 */
export function withoutIdentity(yaml: string): string {
  const kept: string[] = [];
  let block = '';
  for (const line of yaml.split('\n')) {
    if (/^\S/.test(line)) block = line;
    if (/^(apiVersion|kind): /.test(line)) continue;
    if (block === 'metadata:' && /^ {2}(name|namespace): /.test(line)) continue;
    kept.push(line);
  }
  return kept.filter((line, index) => line !== 'metadata:' || /^ /.test(kept[index + 1] ?? '')).join('\n');
}
