import { parse } from 'yaml';
import { wholeText } from './matching.ts';
import { fieldsAt, listAt } from './reading.ts';

/** Whether a proxy reports a statistic, by the name it has inside Envoy. */
export type Inclusion = (stat: string) => boolean;
const inclusions = new Map<string, Inclusion>();
const nothing: Inclusion = () => false;

/** Which statistics a pod's own proxy settings (YAML or JSON) add to those that every proxy reports. */
export function inclusionOf(proxyConfig: string | null): Inclusion {
  if (proxyConfig === null) return nothing;
  let known = inclusions.get(proxyConfig);
  if (known === undefined) inclusions.set(proxyConfig, (known = compileInclusion(proxyConfig)));
  return known;
}

function compileInclusion(proxyConfig: string): Inclusion {
  const matcher = fieldsAt(readYaml(proxyConfig), 'proxyStatsMatcher');
  const texts = (name: string): string[] =>
    listAt(matcher, name).filter((value): value is string => typeof value === 'string');
  const prefixes = texts('inclusionPrefixes');
  const suffixes = texts('inclusionSuffixes');
  const patterns = texts('inclusionRegexps').flatMap((pattern) => wholeText(pattern) ?? []);
  return (stat) =>
    prefixes.some((prefix) => stat.startsWith(prefix)) ||
    suffixes.some((suffix) => stat.endsWith(suffix)) ||
    patterns.some((pattern) => pattern.test(stat));
}

/** An annotation that is no YAML keeps a pod from getting a proxy at all; here it is as if it were not there. */
function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
