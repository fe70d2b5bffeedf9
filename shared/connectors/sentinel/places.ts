import { isIP } from 'node:net';
import { addressesOf } from '../http/originTransport.ts';
import { sayError } from '../kit/peerError.ts';
import type { SentinelSettings } from './settings.ts';

/** One instance's command centre. */
export interface Place {
  readonly app: string;
  /** "http://10.1.2.3:8719". */
  readonly address: string;
  /** "10.1.2.3:8719". */
  readonly name: string;
  readonly uid: string;
}

/** Where instances are now: a name that stands for several addresses, as a headless Service's does, is an instance at each. */
export async function findPlaces(
  { centres }: SentinelSettings,
  named: (host: string) => Promise<readonly { readonly address: string }[]> = addressesOf,
): Promise<{ readonly places: readonly Place[]; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const found = await Promise.all(
    centres.map(async ({ app, address }): Promise<Place[]> => {
      const url = new URL(address);
      const host = url.hostname.replace(/^\[|\]$/g, '');
      // A certificate is for a name.
      if (isIP(host) > 0 || url.protocol === 'https:') return [placeAt(app, url)];
      try {
        return (await named(host)).map((one) => {
          const at = new URL(url);
          at.hostname = isIP(one.address) === 6 ? `[${one.address}]` : one.address;
          return placeAt(app, at);
        });
      } catch (error) {
        problems.push(`${app}: ${sayError(error, `Looking ${host} up`)}`);
        return [];
      }
    }),
  );
  return { places: [...new Map(found.flat().map((place) => [place.uid, place])).values()], problems };
}

function placeAt(app: string, url: URL): Place {
  const name = `${url.host}${url.pathname.replace(/\/$/, '')}`;
  return { app, address: url.href.replace(/\/$/, ''), name, uid: `${app}@${name}` };
}
