/** What a `podium://` link may ask for: to look at a service. It can never write, connect or choose credentials. */
export interface DeepLink {
  readonly service: string;
}

/** Reads the first `podium://service/<namespace>/<name>` among the arguments; null when there is none or it is malformed. */
export function linkIn(args: readonly string[]): DeepLink | null {
  const text = args.find((arg) => arg.startsWith('podium://'));
  if (text === undefined || text.length > 600 || !URL.canParse(text)) return null;
  const { hostname, pathname, search, hash, username, port } = new URL(text);
  if (hostname !== 'service' || search !== '' || hash !== '' || username !== '' || port !== '') return null;
  // Names in a cluster are DNS labels, so anything else is not a link that Podium made.
  const name = /^\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/.exec(
    pathname,
  );
  return name === null ? null : { service: `${name[1]}/${name[2]}` };
}
