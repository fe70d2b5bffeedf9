/** What a rule of Consul's can be about. */
export type Resource = 'service' | 'intention' | 'key' | 'node' | 'operator' | 'agent';

/** One line of a policy: an exact name, or everything that begins with a prefix. */
export interface ConsulRule {
  readonly resource: Resource;
  readonly name: string;
  readonly prefix: boolean;
  readonly access: 'read' | 'write';
}

/** Somebody whom a token stands for. */
export interface ConsulUser {
  readonly accessor: string;
  readonly description: string;
  readonly rules: readonly ConsulRule[];
}

const resources: readonly Resource[] = ['service', 'intention', 'key', 'node', 'operator', 'agent'];

/** Everything, as a token of global management may. */
export const allRules: readonly ConsulRule[] = resources.map((resource) => everything(resource, 'write'));

/** All of one resource. */
export function everything(resource: Resource, access: ConsulRule['access']): ConsulRule {
  return { resource, name: '', prefix: true, access };
}

/** Who asks without a token: nothing is allowed where the default is to deny. */
export const anonymous: ConsulUser = {
  accessor: '00000000-0000-0000-0000-000000000002',
  description: 'Anonymous Token',
  rules: [],
};

/** Whether the most exact rule that fits allows it. A right to services includes reading who may call them. */
export function mayDo(
  user: ConsulUser,
  resource: Resource,
  access: ConsulRule['access'],
  name: string,
): boolean {
  const fitting = user.rules
    .filter((rule) => rule.resource === resource)
    .filter((rule) => (rule.prefix ? name.startsWith(rule.name) : rule.name === name))
    .sort((a, b) => Number(a.prefix) - Number(b.prefix) || b.name.length - a.name.length);
  const [rule] = fitting;
  if (rule !== undefined) return access === 'read' || rule.access === 'write';
  return resource === 'intention' && access === 'read' && mayDo(user, 'service', 'read', name);
}

/** In Consul's words. */
export function sayDenied(
  user: ConsulUser,
  resource: Resource,
  access: ConsulRule['access'],
  name: string,
): string {
  const lacks = `lacks permission '${resource}:${access}' on "${name}"`;
  return user === anonymous
    ? `Permission denied: anonymous token ${lacks}. The anonymous token is used implicitly when a request does not specify a token.`
    : `Permission denied: token with AccessorID '${user.accessor}' ${lacks}`;
}

const asked: ReadonlySet<string> = new Set(resources);

/** Answers one question of `/v1/internal/acl/authorize`; throws what Consul refuses. */
export function authorize(user: ConsulUser, question: unknown): object {
  const { Resource, Access, Segment } = question as Readonly<Record<string, unknown>>;
  if (typeof Resource !== 'string' || !asked.has(Resource))
    throw new Error(`Invalid ACL resource requested: ${JSON.stringify(Resource ?? '')}`);
  const segment = typeof Segment === 'string' ? Segment : '';
  const access = Access === 'write' ? 'write' : 'read';
  return {
    Resource,
    ...(segment === '' ? {} : { Segment: segment }),
    Access: access,
    Allow: mayDo(user, Resource as Resource, access, segment), // one of the set above
  };
}
