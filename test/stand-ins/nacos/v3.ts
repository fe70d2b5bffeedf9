import type { Answered, Asked } from '../../../shared/rehearsal/spring/server.ts';
import { failure, find, givenTo, instanceBody, pageOf, publish, setStanding, success } from './answers.ts';
import { configKey, md5, serviceKey, type State, type StoredConfig } from './state.ts';

/** The Admin API of Nacos 3 and what clients read, after its manual; undefined for paths that it does not have. */
export function answerV3(
  state: State,
  asked: Asked,
  user: string | null,
  beforePublish: () => void,
): Answered | undefined {
  const { method, path, query } = asked;
  switch (`${method} ${path}`) {
    case 'GET /nacos/v3/admin/core/namespace/list':
      return success(
        state.namespaces.map(({ id, title }) => ({
          namespace: id,
          namespaceShowName: title,
          namespaceDesc: '',
          quota: 200,
          configCount: 0,
          type: id === 'public' ? 0 : 2,
        })),
      );
    case 'GET /nacos/v3/admin/ns/service/list':
      return success(pageOf(servicesIn(state, query), query));
    case 'GET /nacos/v3/admin/ns/instance/list': {
      const service = find(state, query);
      return service === undefined
        ? failure(404, 21008, 'service not exist')
        : success([...service.instances.values()].map((one) => instanceBody(state, service, one)));
    }
    case 'GET /nacos/v3/client/ns/instance/list': {
      const service = find(state, query);
      return success(
        service === undefined ? [] : givenTo(state, service).map((one) => instanceBody(state, service, one)),
      );
    }
    case 'PUT /nacos/v3/admin/ns/instance/partial': {
      const fields = new URLSearchParams(asked.body);
      const key = serviceKey(
        fields.get('namespaceId') ?? 'public',
        fields.get('groupName') ?? 'DEFAULT_GROUP',
        fields.get('serviceName') ?? '',
      );
      return setStanding(state, key, fields, fields.get('clusterName') ?? 'DEFAULT')
        ? success('ok')
        : failure(404, 21003, 'instance not found');
    }
    case 'GET /nacos/v3/admin/cs/config/list':
      return success(pageOf(configsIn(state, query), query));
    case 'GET /nacos/v3/admin/cs/config': {
      const config = state.configs.get(nameIn(query));
      return config === undefined
        ? failure(404, 20004, 'resource not found', 'Config not exist, please publish Config first.')
        : success({ ...bodyOf(nameIn(query), config), content: config.content, md5: md5(config.content) });
    }
    case 'POST /nacos/v3/admin/cs/config':
      return publish(state, asked, user, beforePublish);
    case 'GET /nacos/v3/admin/cs/history/list': {
      const own = state.records.filter(({ key }) => key === nameIn(query));
      return success(
        pageOf(
          own.map((one) => ({ ...recordBody(one), content: undefined, md5: null })),
          query,
        ),
      );
    }
    case 'GET /nacos/v3/admin/cs/history': {
      const found = state.records.find(({ id, key }) => id === query.get('nid') && key === nameIn(query));
      return found === undefined
        ? failure(404, 20004, 'resource not found', 'certain config history not exist')
        : success(recordBody(found));
    }
    case 'GET /nacos/v3/admin/cs/config/listener':
      return success({
        queryType: 'config',
        listenersStatus: Object.fromEntries(state.listeners.get(nameIn(query)) ?? []),
      });
    default:
      return undefined;
  }
}

const nameIn = (query: URLSearchParams): string =>
  configKey({
    namespaceId: query.get('namespaceId') ?? 'public',
    group: query.get('groupName') ?? '',
    dataId: query.get('dataId') ?? '',
  });

function servicesIn(state: State, query: URLSearchParams): unknown[] {
  const group = query.get('groupNameParam') ?? '';
  return [...state.services.values()]
    .filter((one) => one.namespaceId === query.get('namespaceId') && one.groupName.includes(group))
    .map(({ name, groupName, instances }) => ({
      name,
      groupName,
      clusterCount: new Set([...instances.values()].map(({ clusterName }) => clusterName)).size,
      ipCount: instances.size,
      healthyInstanceCount: [...instances.values()].filter(({ healthy }) => healthy).length,
      triggerFlag: 'false',
    }));
}

function configsIn(state: State, query: URLSearchParams): unknown[] {
  return [...state.configs].flatMap(([key, config]) => {
    const body = bodyOf(key, config);
    return body.namespaceId === query.get('namespaceId') ? [{ ...body, md5: null }] : [];
  });
}

function bodyOf(key: string, config: StoredConfig) {
  const [namespaceId, groupName, dataId] = JSON.parse(key) as [string, string, string];
  const { content: _, ...rest } = config;
  return {
    ...rest,
    namespaceId,
    groupName,
    dataId,
    encryptedDataKey: '',
    createUser: 'nacos',
    createIp: '127.0.0.1',
  };
}

function recordBody({ key, opType, ...rest }: State['records'][number]) {
  const [namespaceId, groupName, dataId] = JSON.parse(key) as [string, string, string];
  return {
    ...rest,
    namespaceId,
    groupName,
    dataId,
    opType: opType.padEnd(10),
    publishType: 'formal',
    createTime: 1_272_988_800_000,
    srcIp: '127.0.0.1',
    type: null,
    appName: '',
  };
}
