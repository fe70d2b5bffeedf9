import type { Answered, Asked } from '../../../shared/rehearsal/spring/server.ts';
import {
  failure,
  find,
  givenTo,
  instanceBody,
  pageOf,
  publish,
  setStanding,
  success,
  tenant,
} from './answers.ts';
import { configKey, instanceKey, md5, serviceKey, type State } from './state.ts';

/** The Open API of Nacos 2, after its manual and where that is silent its source; undefined for paths that it does not have. */
export function answerV2(
  state: State,
  asked: Asked,
  user: string | null,
  beforePublish: () => void,
): Answered | undefined {
  const { method, path, query } = asked;
  switch (`${method} ${path}`) {
    case 'GET /nacos/v2/console/namespace/list':
      return success(
        state.namespaces.map(({ id, title }) => ({
          namespace: id === 'public' ? '' : id,
          namespaceShowName: title,
          namespaceDesc: null,
          quota: 200,
          configCount: 0,
          type: id === 'public' ? 0 : 2,
        })),
      );
    case 'GET /nacos/v2/ns/service/list': {
      const names = [...state.services.values()]
        .filter(
          (one) =>
            one.namespaceId === query.get('namespaceId') &&
            one.groupName === (query.get('groupName') ?? 'DEFAULT_GROUP'),
        )
        .map(({ name }) => name);
      return success({ count: names.length, services: names });
    }
    case 'GET /nacos/v2/ns/instance/list': {
      const service = find(state, query);
      const hosts =
        service === undefined ? [] : givenTo(state, service).map((one) => instanceBody(state, service, one));
      return success({
        name: query.get('serviceName'),
        groupName: query.get('groupName'),
        hosts,
        clusters: '',
      });
    }
    case 'GET /nacos/v2/ns/instance': {
      const service = find(state, query);
      const cluster = query.get('clusterName') ?? 'DEFAULT';
      const key = instanceKey(query.get('ip') ?? '', Number(query.get('port')), cluster);
      const one = service?.instances.get(key);
      if (service === undefined || one === undefined) return failure(404, 21003, 'instance not found');
      const { weight } = state.standingOf(service, one);
      const { ip, port, clusterName, healthy, metadata } = one;
      return success({ ip, port, clusterName, healthy, metadata, weight, instanceId: null });
    }
    case 'PATCH /nacos/v2/ns/instance': {
      const [group = '', name = ''] = (query.get('serviceName') ?? '').split('@@');
      if (['weight', 'enabled', 'metadata'].some((field) => !query.has(field)))
        return failure(400, 10000, 'parameter missing');
      const key = serviceKey(query.get('namespaceId') ?? 'public', group, name);
      return setStanding(state, key, query, query.get('cluster') ?? 'DEFAULT')
        ? { status: 200, body: 'ok' }
        : failure(404, 21003, 'instance not found');
    }
    case 'GET /nacos/v2/cs/history/configs':
      return success(
        [...state.configs.keys()].flatMap((key) => {
          const [namespaceId, group, dataId] = JSON.parse(key) as [string, string, string];
          return namespaceId === tenant(query.get('namespaceId'))
            ? [{ id: '0', dataId, group, tenant: '' }]
            : [];
        }),
      );
    case 'GET /nacos/v1/cs/configs': {
      const key = configKey({
        namespaceId: tenant(query.get('tenant')),
        group: query.get('group') ?? '',
        dataId: query.get('dataId') ?? '',
      });
      const config = state.configs.get(key);
      if (config === undefined) return { status: 200, body: null };
      return {
        status: 200,
        body: {
          ...config,
          dataId: query.get('dataId'),
          group: query.get('group'),
          tenant: query.get('tenant'),
          md5: md5(config.content),
          use: null,
          effect: null,
          schema: null,
        },
      };
    }
    case 'POST /nacos/v2/cs/config':
      return publish(state, asked, user, beforePublish);
    case 'GET /nacos/v2/cs/history/list':
      return success(pageOf(recordsOf(state, query), query));
    case 'GET /nacos/v2/cs/history': {
      const found = recordsOf(state, query).find(({ id }) => id === query.get('nid'));
      return found === undefined ? failure(404, 20004, 'resource not found') : success(found);
    }
    default:
      return undefined;
  }
}

function recordsOf(state: State, query: URLSearchParams) {
  const key = configKey({
    namespaceId: tenant(query.get('namespaceId')),
    group: query.get('group') ?? '',
    dataId: query.get('dataId') ?? '',
  });
  return state.records
    .filter((one) => one.key === key)
    .map(({ id, opType, content, srcUser, modifyTime }) => ({
      id,
      lastId: -1,
      dataId: query.get('dataId'),
      group: query.get('group'),
      tenant: query.get('namespaceId'),
      opType,
      content,
      srcUser,
      srcIp: '127.0.0.1',
      md5: md5(content),
      lastModifiedTime: new Date(modifyTime).toISOString().replace('Z', '+0000'),
    }));
}
