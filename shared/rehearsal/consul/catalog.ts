import { mayDo, type ConsulUser } from './access.ts';
import { listIn, protocolOf } from './entryRules.ts';
import { intentionFor } from './intentions.ts';
import type { Check, ConsulState, Fields, Node, Service } from './state.ts';

/** A read, and whether something was left out of it that this token may not see. */
export interface Seen {
  readonly body: unknown;
  readonly filtered: boolean;
}

const mayRead = (user: ConsulUser, service: string): boolean => mayDo(user, 'service', 'read', service);

/** A sidecar is read by the right to its own name, like any service. */
function visible(state: ConsulState, user: ConsulUser): { services: Service[]; filtered: boolean } {
  const all = state.services();
  const services = all.filter(({ name }) => mayRead(user, name));
  // Whoever has no token is not told that there is more.
  return { services, filtered: services.length < all.length && user.accessor !== anonymousAccessor };
}

const anonymousAccessor = '00000000-0000-0000-0000-000000000002';

/** `/v1/internal/ui/nodes`: all nodes with their services and checks. */
export function readNodes(state: ConsulState, user: ConsulUser): Seen {
  const { services, filtered } = visible(state, user);
  const body = state
    .nodes()
    .filter(
      (node) => mayDo(user, 'node', 'read', node.Node) || services.some((one) => one.node === node.Node),
    )
    .map(({ CreateIndex: _c, ModifyIndex: _m, ...node }) => ({
      ...node,
      Services: services.filter((one) => one.node === node.Node).map((one) => one.body),
      Checks: state
        .checks()
        .filter((check) => check.node === node.Node && seesCheck(check, services, user))
        .map(({ body: check }) => ({ ...check, ServiceTags: tagsOr(check, null) })),
    }));
  return { body, filtered };
}

function seesCheck(check: Check, services: readonly Service[], user: ConsulUser): boolean {
  if (check.serviceId === '') return mayDo(user, 'node', 'read', check.node);
  return services.some((one) => one.node === check.node && one.id === check.serviceId);
}

function tagsOr(check: Fields, otherwise: null | []): unknown {
  const tags = check['ServiceTags'];
  return Array.isArray(tags) && tags.length > 0 ? tags : otherwise;
}

/** `/v1/catalog/services`: names with the tags of all their instances. */
export function readServices(state: ConsulState, user: ConsulUser): Seen {
  const { services, filtered } = visible(state, user);
  const body: Record<string, string[]> = {};
  for (const { name, body: one } of services) {
    const tags = (body[name] ??= []);
    for (const tag of Array.isArray(one['Tags']) ? (one['Tags'] as string[]) : [])
      if (!tags.includes(tag)) tags.push(tag);
  }
  return { body, filtered };
}

/** `/v1/catalog/service/NAME` */
export function readService(state: ConsulState, user: ConsulUser, name: string): Seen {
  const services = mayRead(user, name) ? state.services().filter((one) => one.name === name) : [];
  const nodes = new Map(state.nodes().map((node) => [node.Node, node]));
  const body = services.flatMap(({ node: on, body: one }) => {
    const node = nodes.get(on);
    if (node === undefined) return [];
    return [
      {
        ...addressOf(node, state),
        NodeMeta: node.Meta,
        ServiceKind: one['Kind'] ?? '',
        ServiceID: one['ID'],
        ServiceName: one['Service'],
        ServiceTags: one['Tags'] ?? [],
        ServiceAddress: one['Address'],
        ServiceTaggedAddresses: one['TaggedAddresses'],
        ServiceWeights: one['Weights'],
        ServiceMeta: one['Meta'],
        ServicePort: one['Port'],
        ServiceSocketPath: '',
        ServiceEnableTagOverride: one['EnableTagOverride'] ?? false,
        ServiceProxy: one['Proxy'],
        ServiceConnect: one['Connect'],
        ServiceLocality: null,
        CreateIndex: one['CreateIndex'],
        ModifyIndex: one['ModifyIndex'],
      },
    ];
  });
  return { body, filtered: false };
}

const addressOf = ({ ID, Node: name, Address, TaggedAddresses }: Node, state: ConsulState): Fields => ({
  ID,
  Node: name,
  Address,
  Datacenter: state.datacenter,
  TaggedAddresses,
});

/** `/v1/health/service/NAME`, or `/v1/health/connect/NAME`: who takes calls for it, which is its sidecars. */
export function readHealth(
  state: ConsulState,
  user: ConsulUser,
  name: string,
  { connect, passing }: { readonly connect: boolean; readonly passing: boolean },
): Seen {
  const nodes = new Map(state.nodes().map((node) => [node.Node, node]));
  const body = state
    .services()
    .filter((one) => mayRead(user, name) && (connect ? proxied(one) === name : one.name === name))
    .flatMap((one) => {
      const node = nodes.get(one.node);
      const checks = checksOf(state, one);
      if (node === undefined || (passing && checks.some(({ status }) => status !== 'passing'))) return [];
      const { Meta, CreateIndex, ModifyIndex } = node;
      return [
        {
          Node: { ...addressOf(node, state), Meta, CreateIndex, ModifyIndex },
          Service: one.body,
          Checks: checks.map(({ body: check }) => ({ ...check, ServiceTags: tagsOr(check, []) })),
        },
      ];
    });
  return { body, filtered: false };
}

/** Checks of a service and of the node that it is on. */
export const checksOf = (state: ConsulState, { node, id }: Service): Check[] =>
  state.checks().filter((check) => check.node === node && ['', id].includes(check.serviceId));

/** The service whose calls a sidecar carries. */
export function proxied({ kind, body }: Service): string | null {
  if (kind !== 'connect-proxy') return null;
  const name = (body['Proxy'] as Fields | undefined)?.['DestinationServiceName'];
  return typeof name === 'string' ? name : null;
}

const upstreamsOf = ({ body }: Service): string[] =>
  listIn(body['Proxy'] as Fields | undefined, 'Upstreams').flatMap(({ DestinationName }) =>
    typeof DestinationName === 'string' ? [DestinationName] : [],
  );

/** `/v1/internal/ui/service-topology/NAME`: whom it calls and who calls it, as sidecars are registered. */
export function readTopology(state: ConsulState, user: ConsulUser, name: string): Seen {
  const sidecars = state.services().filter((one) => proxied(one) !== null);
  const upstreams = new Set(sidecars.filter((one) => proxied(one) === name).flatMap(upstreamsOf));
  const downstreams = new Set(
    sidecars.filter((one) => upstreamsOf(one).includes(name)).map((one) => proxied(one) ?? ''),
  );
  const known = (names: ReadonlySet<string>): string[] =>
    [...names].filter((one) => mayRead(user, one)).sort();
  return {
    body: {
      Protocol: protocolOf(state, name),
      TransparentProxy: false,
      Upstreams: known(upstreams).map((other) => summary(state, other, { from: name, to: other })),
      Downstreams: known(downstreams).map((other) => summary(state, other, { from: other, to: name })),
      FilteredByACLs: false,
    },
    filtered: false,
  };
}

function summary(
  state: ConsulState,
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
): Fields {
  const own = state.services().filter((one) => one.name === name);
  const all = [...own, ...state.services().filter((one) => proxied(one) === name)];
  const checks = new Map(
    all.flatMap((one) => checksOf(state, one)).map((one) => [`${one.node} ${one.id}`, one]),
  );
  const count = (status: string): number =>
    [...checks.values()].filter((one) => one.status === status).length;
  return {
    Name: name,
    Datacenter: state.datacenter,
    Tags: [...new Set(own.flatMap(({ body }) => (body['Tags'] as string[] | undefined) ?? []))],
    Nodes: [...new Set(own.map(({ node }) => node))],
    ExternalSources: null,
    InstanceCount: own.length,
    ChecksPassing: count('passing'),
    ChecksWarning: count('warning'),
    ChecksCritical: count('critical'),
    GatewayConfig: {},
    TransparentProxy: false,
    ConnectNative: false,
    Source: 'proxy-registration',
    Intention: intentionOf(state, from, to),
  };
}

function intentionOf(state: ConsulState, from: string, to: string): Fields {
  const { source, exact = false } = intentionFor(state, from, to) ?? {};
  const permissions = listIn(source, 'Permissions').length > 0;
  return {
    Allowed: source?.['Action'] === 'allow' && !permissions,
    HasPermissions: permissions,
    ExternalSource: '',
    HasExact: exact,
    DefaultAllow: false,
  };
}
