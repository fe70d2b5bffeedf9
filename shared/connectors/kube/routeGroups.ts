/** The Gateway API's own group. */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** Groups whose routes have the Gateway API's shape, and into whose status controllers write their word: Linkerd has HTTPRoutes of its own. */
export const routeGroups: ReadonlySet<string> = new Set([gatewayGroup, 'policy.linkerd.io']);
