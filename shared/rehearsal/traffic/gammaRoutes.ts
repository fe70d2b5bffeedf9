import type { KubeObject } from '../kube/store.ts';
import { fieldsAt, listAt, numberOf, textOf, type Fields } from './reading.ts';

/**
 * HTTPRoutes and GRPCRoutes that hang on Services as the routes of these Services: istiod turns them into its own documents
 * too. Those that hang on a Gateway govern what comes in, which no sidecar follows.
 */
export function asRoutes(object: KubeObject): KubeObject[] {
  const namespace = object.metadata.namespace ?? '';
  return listAt(object, 'spec', 'parentRefs').flatMap((given) => {
    const parent = fieldsAt(given);
    if (parent['kind'] !== 'Service') return [];
    const host = hostOf(parent, namespace);
    return [
      {
        ...object,
        spec: {
          hosts: [host],
          http: listAt(object, 'spec', 'rules').map((rule) => httpRoute(rule, namespace)),
        },
      },
    ];
  });
}

const hostOf = (reference: Fields, namespace: string): string =>
  `${textOf(reference['name']) ?? ''}.${textOf(reference['namespace']) ?? namespace}.svc.cluster.local`;

function httpRoute(given: unknown, namespace: string): Fields {
  const rule = fieldsAt(given);
  const matches = listAt(rule, 'matches').map((one) => matchOf(fieldsAt(one)));
  const route = listAt(rule, 'backendRefs').map((one) => ({
    destination: { host: hostOf(fieldsAt(one), namespace) },
    weight: numberOf(fieldsAt(one)['weight']) ?? 1,
  }));
  const total = route.reduce((sum, { weight }) => sum + weight, 0);
  return {
    ...(textOf(rule['name']) === null ? {} : { name: rule['name'] }),
    ...(matches.some((match) => Object.keys(match).length === 0) ? {} : { match: matches }),
    // Without any weight nobody gets the calls: they are answered with 500, as are those of a backend that is not there.
    ...(total === 0 ? { directResponse: { status: 500 } } : { route }),
  };
}

function matchOf(match: Fields): Fields {
  const path = fieldsAt(match, 'path');
  const value = textOf(path['value']) ?? '/';
  const headers = listAt(match, 'headers').map((one) => {
    const header = fieldsAt(one);
    const how = header['type'] === 'RegularExpression' ? 'regex' : 'exact';
    return [textOf(header['name']) ?? '', { [how]: header['value'] }] as const;
  });
  const uri =
    path['type'] === 'Exact'
      ? { exact: value }
      : path['type'] === 'RegularExpression'
        ? { regex: value }
        : { prefix: value };
  return {
    ...('prefix' in uri && value === '/' ? {} : { uri }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
  };
}
