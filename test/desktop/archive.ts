import { listPackage } from '@electron/asar';

/** What the archive of the program may hold, and each of these something. */
const expected = [
  /^package\.json$/,
  /^LICENSE$/,
  /^dist\/licences\.txt$/,
  /^dist\/electron\/(main|console|rehearsal)\.js$/,
  /^dist\/electron\/preload\.cjs$/,
  /^dist\/electron\/shared-[\w-]+\.js$/,
  /^dist\/renderer\/(index\.html|favicon\.svg)$/,
  /^dist\/renderer\/assets\/[\w.-]+\.(js|css|woff2)$/,
];

/** The files of an archive. */
export const filesIn = (archive: string): string[] =>
  listPackage(archive, { isPack: false })
    .map((path) => path.replaceAll('\\', '/').slice(1))
    .filter((path) => /\.\w+$|LICENSE$/.test(path));

/** What an archive holds besides what it needs, and which of its needs it lacks. */
export function differences(archive: string): { readonly surplus: string[]; readonly lacking: string[] } {
  const files = filesIn(archive);
  return {
    surplus: files.filter((path) => !expected.some((each) => each.test(path))),
    lacking: expected.filter((each) => !files.some((path) => each.test(path))).map(String),
  };
}
