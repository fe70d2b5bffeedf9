import { type ConfigName, type InstanceName, type NacosApi, pageSize, type ServiceName } from './api.ts';
import type { Call } from './call.ts';
import { pageOf } from './shapes.ts';

const admin = '/v3/admin';

/**
 * Nacos 3 by its Admin API. The numbers are sections of its manual (“Admin API”, 3.0), beside what was found only in the
 * server's source.
 */
export function createV3({ route, url, get, form }: Call, group: string | null): NacosApi {
  return {
    route,
    url,
    dialect: 'v3',
    fences: true,
    // As 1.7 of “Console API”, which is served under the Admin API too (NamespaceControllerV3).
    namespaces: (signal) => get('Reading the namespaces', `${admin}/core/namespace/list`, {}, signal),
    // 2.26. The manual calls the filters groupName and serviceName; the server reads these (ServiceListForm).
    services: async (namespaceId, pageNo, signal) =>
      pageOf(
        await get(
          'Reading the services',
          `${admin}/ns/service/list`,
          {
            namespaceId,
            groupNameParam: group ?? '',
            serviceNameParam: '',
            ignoreEmptyService: false,
            pageNo,
            pageSize,
          },
          signal,
        ),
      ),
    // 2.21; without a cluster it lists those of all.
    instances: (service, signal) =>
      get(`Reading the instances of ${service.name}`, `${admin}/ns/instance/list`, fieldsOf(service), signal),
    unlisted: null,
    // 2.20. What is left out is filled with its default before it is used (InstanceForm.validate). The first 3.0 called the
    // cluster differently and asked for metadata, of which an empty text changes nothing.
    async setStanding(name, { enabled, weight }, signal) {
      await form(
        {
          tried: `Changing ${name.ip}:${name.port}`,
          method: 'PUT',
          path: `${admin}/ns/instance/partial`,
          fields: { ...instanceFields(name), cluster: name.cluster, enabled, weight, metadata: '' },
        },
        signal,
      );
    },
    // Client API, “query service instances”: what clients get, without those that are not enabled.
    given: (service, signal) =>
      get(
        `Reading what clients get of ${service.name}`,
        '/v3/client/ns/instance/list',
        { ...fieldsOf(service), healthyOnly: false },
        signal,
      ),
    // 3.6
    configs: async (namespaceId, pageNo, signal) =>
      pageOf(
        await get(
          'Reading the configurations',
          `${admin}/cs/config/list`,
          { namespaceId, groupName: group ?? '', dataId: '', search: 'blur', pageNo, pageSize },
          signal,
        ),
      ),
    // 3.1
    config: (name, signal) => get(`Reading ${name.dataId}`, `${admin}/cs/config`, configFields(name), signal),
    // 3.2; `casMd5` is in the source alone (ConfigControllerV3.publishConfig).
    async publish({ name, content, type, description, tags, appName }, casMd5, signal) {
      await form(
        {
          tried: `Writing ${name.dataId}`,
          method: 'POST',
          path: `${admin}/cs/config`,
          fields: { ...configFields(name), content, type, desc: description, configTags: tags, appName },
          headers: { casMd5 },
        },
        signal,
      );
    },
    // 3.12
    history: async (name, signal) =>
      pageOf(
        await get(
          `Reading the history of ${name.dataId}`,
          `${admin}/cs/history/list`,
          { ...configFields(name), pageNo: 1, pageSize: 100 },
          signal,
        ),
      ),
    // 3.13
    record: (name, nid, signal) =>
      get(`Reading record ${nid}`, `${admin}/cs/history`, { ...configFields(name), nid }, signal),
    // 3.5
    listeners: (name, signal) =>
      get(
        `Reading who listens to ${name.dataId}`,
        `${admin}/cs/config/listener`,
        { ...configFields(name), aggregation: true },
        signal,
      ),
  };
}

const fieldsOf = ({ namespaceId, group, name }: ServiceName) => ({
  namespaceId,
  groupName: group,
  serviceName: name,
});

const instanceFields = ({ service, cluster, ip, port }: InstanceName) => ({
  ...fieldsOf(service),
  clusterName: cluster,
  ip,
  port,
});

const configFields = ({ namespaceId, group, dataId }: ConfigName) => ({
  namespaceId,
  groupName: group,
  dataId,
});
