import type { Answered, Asked } from '../../../shared/rehearsal/spring/server.ts';
import {
  configKey,
  instanceKey,
  md5,
  serviceKey,
  type State,
  type StoredInstance,
  type StoredService,
} from './state.ts';

/** The envelope of every answer of the newer APIs. */
export const success = (data: unknown): Answered => ({
  status: 200,
  body: { code: 0, message: 'success', data },
});
export const failure = (status: number, code: number, message: string, data: unknown = null): Answered => ({
  status,
  body: { code, message, data },
});

export const pageOf = (all: readonly unknown[], fields: URLSearchParams): unknown => {
  const size = Math.min(500, Number(fields.get('pageSize') ?? '100'));
  const page = Number(fields.get('pageNo') ?? '1');
  return {
    totalCount: all.length,
    pageNumber: page,
    pagesAvailable: Math.ceil(all.length / size),
    pageItems: all.slice((page - 1) * size, page * size),
  };
};

export const instanceBody = (state: State, service: StoredService, one: StoredInstance): unknown => {
  const { ownWeight: _, ...shown } = one;
  return {
    ...shown,
    ...state.standingOf(service, one),
    instanceId: null,
    serviceName: `${service.groupName}@@${service.name}`,
    instanceHeartBeatInterval: 5000,
    instanceHeartBeatTimeOut: 15000,
    ipDeleteTimeout: 30000,
  };
};

/** What clients get: those that are enabled. */
export const givenTo = (state: State, service: StoredService): StoredInstance[] =>
  [...service.instances.values()].filter((one) => state.standingOf(service, one).enabled);

export const find = (state: State, fields: URLSearchParams): StoredService | undefined =>
  state.services.get(
    serviceKey(
      fields.get('namespaceId') ?? 'public',
      fields.get('groupName') ?? 'DEFAULT_GROUP',
      fields.get('serviceName') ?? '',
    ),
  );

/** Sets what is kept of an instance. What was not said goes back to its default, as the server fills it in before it looks. */
export function setStanding(state: State, key: string, fields: URLSearchParams, cluster: string): boolean {
  const instance = instanceKey(fields.get('ip') ?? '', Number(fields.get('port')), cluster);
  return state.setStanding(key, instance, {
    enabled: (fields.get('enabled') ?? 'true') === 'true',
    weight: Number(fields.get('weight') ?? '1'),
  });
}

/** A publication in the newer APIs: fenced where the header says by what, and made anew where there is none. */
export function publish(
  state: State,
  { headers, body }: Pick<Asked, 'headers' | 'body'>,
  user: string | null,
  before: () => void,
): Answered {
  const fields = new URLSearchParams(body);
  const name = {
    namespaceId: tenant(fields.get('namespaceId')),
    group: fields.get('groupName') ?? fields.get('group') ?? '',
    dataId: fields.get('dataId') ?? '',
  };
  const content = fields.get('content') ?? '';
  if (content.trim() === '')
    return failure(
      400,
      10000,
      'parameter missing',
      "Required parameter 'content' type String is not present",
    );
  before();
  const now = state.configs.get(configKey(name));
  const fence = headers['casmd5'];
  if (typeof fence === 'string' && now !== undefined && md5(now.content) !== fence)
    return failure(500, 20005, 'resource conflict', 'Cas publish fail, server md5 may have changed.');
  const tags = fields.get('configTags');
  state.publish(
    name,
    {
      content,
      type: fields.get('type') ?? 'text',
      // What is not said is forgotten; of tags alone what is not said stays.
      desc: fields.get('desc'),
      configTags: tags ?? now?.configTags ?? null,
      appName: fields.get('appName') ?? '',
    },
    user,
  );
  return success(true);
}

export const tenant = (id: string | null): string => (id === null || id === '' ? 'public' : id);
