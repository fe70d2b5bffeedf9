import { formatPercent } from '../../../shared/analysis/formats.ts';
import { plainText } from '../../ui/plainText.ts';

/** What Envoy's response flags mean to who reads them (Envoy's access log documentation, %RESPONSE_FLAGS%). */
const meanings: Readonly<Record<string, string>> = {
  UO: 'limit hit: the proxy refused it',
  UH: 'no healthy instance',
  UF: 'could not connect',
  UC: 'connection cut by the other side',
  UT: 'timed out',
  URX: 'still failing after all retries',
  LR: 'connection reset here',
  UR: 'connection reset by the other side',
  NR: 'no route for it',
  NC: 'its cluster is not known to the proxy',
  DC: 'the caller hung up',
  LH: 'failed the health check',
  RL: 'rate limit hit',
  UAEX: 'refused by authorisation',
  RLSE: 'the rate limit service failed',
  FI: 'fault injected',
  DI: 'delay injected',
  SI: 'stream idle too long',
  UMSDR: 'took longer than the stream may',
  DPE: 'malformed request',
  UPE: 'malformed answer',
  OM: 'the proxy is out of memory',
};

/** "4.2 % timed out (UT)", largest share first; a flag nobody explained is shown as it is. */
export function flagsInWords(flags: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(flags)
    .filter(([, ratio]) => ratio > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([flag, ratio]) => {
      const meaning = Object.hasOwn(meanings, flag) ? meanings[flag] : undefined;
      return meaning === undefined
        ? `${formatPercent(ratio)} with flag ${plainText(flag, 40)}`
        : `${formatPercent(ratio)} ${meaning} (${flag})`;
    });
}
