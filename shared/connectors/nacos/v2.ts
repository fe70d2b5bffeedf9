import { type ConfigName, defaultGroup, type NacosApi, pageSize, publicId, type ServiceName } from './api.ts';
import { type Call, withQuery } from './call.ts';
import { errorOf } from './answers.ts';
import { countedOf, pageOf } from './shapes.ts';

/**
 * Nacos 2 by its Open API, version 2 wherever that has it. The numbers are sections of its manual (“Open API”, 2.5), beside
 * what was found only in the server's source.
 */
export function createV2(call: Call, group: string | null, fences: boolean): NacosApi {
  const { route, url, get, bare, form, send } = call;
  return {
    route,
    url,
    dialect: 'v2',
    // The header is read since 2.3, and the write fenced by it since 2.4 (changes 11115 and 11850 of alibaba/nacos).
    fences,
    // 4, “query the namespaces”.
    namespaces: (signal) => get('Reading the namespaces', '/v2/console/namespace/list', {}, signal),
    // 3.12: names of one group, and how many there are.
    services: async (namespaceId, pageNo, signal) => {
      const groupName = group ?? defaultGroup;
      const page = countedOf(
        await get(
          'Reading the services',
          '/v2/ns/service/list',
          { namespaceId, groupName, pageNo, pageSize },
          signal,
        ),
      );
      return { ...page, items: page.items.map((name) => ({ name, groupName })) };
    },
    // 3.5: as clients get them, so those that are out of service are left out (InstanceOperatorClientImpl).
    instances: (service, signal) =>
      get(
        `Reading the instances of ${service.name}`,
        '/v2/ns/instance/list',
        { ...fieldsOf(service), healthyOnly: false },
        signal,
      ),
    // 3.4: also one that is out of service, without saying so.
    unlisted: (name, signal) =>
      get(
        `Reading ${name.ip}:${name.port}`,
        '/v2/ns/instance',
        { ...fieldsOf(name.service), clusterName: name.cluster, ip: name.ip, port: name.port },
        signal,
      ),
    // In the source alone (InstanceControllerV2.patch): all of these are required, the group stands in the name, an empty
    // text leaves the metadata, and the answer is the word “ok” without an envelope.
    async setStanding(name, { enabled, weight }, signal) {
      const { namespaceId, group: own, name: service } = name.service;
      const answer = await send({
        method: 'PATCH',
        path: withQuery('/v2/ns/instance', {
          namespaceId,
          serviceName: `${own}@@${service}`,
          cluster: name.cluster,
          ip: name.ip,
          port: name.port,
          weight,
          enabled,
          metadata: '',
        }),
        signal,
      });
      if (answer.status !== 200) throw errorOf(answer, `Changing ${name.ip}:${name.port}`, route);
    },
    given: (service, signal) =>
      get(
        `Reading what clients get of ${service.name}`,
        '/v2/ns/instance/list',
        { ...fieldsOf(service), healthyOnly: false },
        signal,
      ),
    // 2, “query the configurations of a namespace”: all of them at once.
    configs: async (namespaceId, page, signal) => {
      if (page > 1) return { items: [], total: 0 };
      const all = await get(
        'Reading the configurations',
        '/v2/cs/history/configs',
        { namespaceId: tenantOf(namespaceId) },
        signal,
      );
      const items = (Array.isArray(all) ? (all as unknown[]) : []).filter(
        (one) => group === null || (one as { group?: unknown } | null)?.group === group,
      );
      return { items, total: items.length };
    },
    // In the source alone (ConfigController.detailConfigInfo): 2.1 tells the content and nothing else, and what is not written
    // again with it is forgotten.
    async config(name, signal) {
      const found = await bare(
        `Reading ${name.dataId}`,
        '/v1/cs/configs',
        { show: 'all', dataId: name.dataId, group: name.group, tenant: tenantOf(name.namespaceId) },
        signal,
      );
      return found;
    },
    // 2.2
    async publish({ name, content, type, description, tags, appName }, casMd5, signal) {
      await form(
        {
          tried: `Writing ${name.dataId}`,
          method: 'POST',
          path: '/v2/cs/config',
          fields: { ...configFields(name), content, type, desc: description, configTags: tags, appName },
          headers: { casMd5 },
        },
        signal,
      );
    },
    // 2, “query the history”
    history: async (name, signal) =>
      pageOf(
        await get(
          `Reading the history of ${name.dataId}`,
          '/v2/cs/history/list',
          { ...configFields(name), pageNo: 1, pageSize: 100 },
          signal,
        ),
      ),
    // 2, “query one version”
    record: (name, nid, signal) =>
      get(`Reading record ${nid}`, '/v2/cs/history', { ...configFields(name), nid }, signal),
    listeners: () => Promise.resolve(null),
  };
}

/** The default namespace has no id in this API. */
const tenantOf = (namespaceId: string): string => (namespaceId === publicId ? '' : namespaceId);

const fieldsOf = ({ namespaceId, group, name }: ServiceName) => ({
  namespaceId,
  groupName: group,
  serviceName: name,
});

const configFields = ({ namespaceId, group, dataId }: ConfigName) => ({
  namespaceId: tenantOf(namespaceId),
  group,
  dataId,
});
