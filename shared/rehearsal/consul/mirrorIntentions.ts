import type { KubeInput } from '../kube/store.ts';
import { listIn, textsIn } from './entryRules.ts';
import { intentionFor } from './intentions.ts';
import { meshNamespace } from './meshNames.ts';
import type { ConsulState, Fields } from './state.ts';

/** Who may call a service, as a policy of its own proxies. Whoever no intention names is refused. */
export function policyOf(state: ConsulState, callee: string, callers: readonly string[]): KubeInput {
  const rules = callers.flatMap((caller) => {
    const { source } = intentionFor(state, caller, callee) ?? {};
    const from = [{ source: { principals: [`cluster.local/ns/${meshNamespace}/sa/${caller}`] } }];
    const permissions = listIn(source, 'Permissions');
    if (permissions.length > 0)
      return permittedOf(permissions).map((to) => ({ from, to: [{ operation: to }] }));
    return source?.['Action'] === 'allow' ? [{ from }] : [];
  });
  // Who has no sidecar asks the program itself, past its proxy.
  const past = { from: [{ source: { notPrincipals: ['*'] } }] };
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: callee, namespace: meshNamespace },
    spec: { action: 'ALLOW', selector: { matchLabels: { app: callee } }, rules: [...rules, past] },
  };
}

/** Requests that are let through one by one: the first permission that fits decides. */
function permittedOf(permissions: readonly Fields[]): object[] {
  const found: object[] = [];
  const denied: string[] = [];
  for (const { Action, HTTP } of permissions) {
    const http = (HTTP ?? {}) as Fields;
    const paths = pathsOf(http);
    const methods = textsIn(http, 'Methods');
    if (Action === 'allow')
      found.push({
        ...(paths.length > 0 ? { paths } : {}),
        ...(methods.length > 0 ? { methods } : {}),
        ...(denied.length > 0 ? { notPaths: [...denied] } : {}),
      });
    else if (methods.length === 0) denied.push(...(paths.length > 0 ? paths : ['*']));
  }
  return found;
}

function pathsOf({ PathExact, PathPrefix }: Fields): string[] {
  if (typeof PathExact === 'string' && PathExact !== '') return [PathExact];
  return typeof PathPrefix === 'string' && PathPrefix !== '' ? [`${PathPrefix}*`] : [];
}
