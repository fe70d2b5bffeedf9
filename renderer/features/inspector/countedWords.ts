import type { CallSignals, Evidence } from '../../../shared/model/signals.ts';
import { plainText } from '../../ui/plainText.ts';

const counting: Readonly<Record<Evidence, string>> = {
  mesh: 'proxies on their way',
  serviceGraph: 'traces that pair both ends; of sampled traces, only those kept',
  client: 'the caller itself',
  ingress: 'the ingress that let them in',
  server: 'the callee itself, which does not know who called',
};

/** Who counted a call and why their figures are shown; null where there is only one who could. */
export function countedWords(counted: CallSignals['counted']): string | null {
  if (counted === undefined) return null;
  const by = `Counted by ${counting[counted.evidence]} (${nameOf(counted.by)}).`;
  if (counted.also.length === 0) return by;
  return `${by} ${counted.also.map(nameOf).join(' and ')} also ${counted.also.length === 1 ? 'knows' : 'know'} these calls; nothing is added.`;
}

/** "Linkerd metrics" of "Prometheus 2.53 · Linkerd metrics". */
const nameOf = (source: string): string => plainText(source.split(' · ').at(-1) ?? source, 60);
