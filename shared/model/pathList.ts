/** The entries of a list such as PATH or KUBECONFIG, as a platform writes it. Windows lets each be quoted. */
export function pathsIn(list: string | undefined, platform: string): readonly string[] {
  const entries = (list ?? '').split(platform === 'win32' ? ';' : ':');
  const bare = platform === 'win32' ? entries.map((entry) => entry.replaceAll('"', '')) : entries;
  return bare.filter((entry) => entry !== '');
}
