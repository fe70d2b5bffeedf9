import { PeerError } from '../kit/peerError.ts';

/** Spring evaluates `#{…}` and fills in `${…}` wherever it reads a value, with all rights of the service. */
export function refuseExpressions(value: string, what: string): void {
  if (/[#$]\{/.test(value))
    throw new PeerError(
      'refused',
      `${what} holds “#{” or “\${”: Spring would evaluate what follows, with all rights of the service. Podium does not write that.`,
    );
}
