import type { LoggedDenial } from '../model/denial.ts';

/** A line of a proxy's log, with the time that the log itself carries. */
export interface ProxyLine {
  readonly at: number | null;
  readonly text: string;
}

/** `rbac_access_denied_matched_policy[ns[shop]-policy[no-orders]-rule[0]]`, or `[none]` where no ALLOW policy matched. */
const details =
  /rbac_access_denied_matched_policy\[(none|ns\[([^\]\s]{1,253})\]-policy\[([^\]\s]{1,253})\][^\]\s]*(?:\[[^\]\s]*\])?)/;
/** A line of an access log, as text ("GET /pay HTTP/1.1" 403) or as JSON. */
const access = /"[A-Z]+ [^"\s]* (?:HTTP|grpc)\S*" \d{3} |"response_code"\s*:/i;

/** Refusals that access logs of the callee's proxies name, by policy, most first, and whether there is an access log at all. */
export function deniedInLogs(lines: readonly ProxyLine[]): {
  readonly isLogged: boolean;
  readonly denials: LoggedDenial[];
} {
  const found = new Map<string, LoggedDenial>();
  let isLogged = false;
  for (const { at, text } of lines) {
    isLogged ||= access.test(text);
    const match = details.exec(text);
    if (match === null) continue;
    isLogged = true;
    const policy = match[2] === undefined || match[3] === undefined ? null : `${match[2]}/${match[3]}`;
    const before = found.get(policy ?? '');
    const times = [before?.firstAt ?? null, before?.lastAt ?? null, at].filter((one) => one !== null);
    found.set(policy ?? '', {
      policy,
      count: (before?.count ?? 0) + 1,
      firstAt: times.length === 0 ? null : Math.min(...times),
      lastAt: times.length === 0 ? null : Math.max(...times),
    });
  }
  return { isLogged, denials: [...found.values()].sort((a, b) => b.count - a.count) };
}
