/** Where the traffic model has the services of the data centre, which knows no namespaces itself. */
export const meshNamespace = 'default';

/** Of the documents that steer the traffic model. */
export const networking = 'networking.istio.io/v1';

/** The host by which the traffic model knows a service of the data centre. */
export const meshHostOf = (service: string): string => `${service}.${meshNamespace}.svc.cluster.local`;
