import { documentedRules, roleNames } from '../support/documentedRoles.ts';
import { everyOperationConformance } from './everyOperation.ts';
import { startWorkedCluster } from './workedCluster.ts';

let server: Awaited<ReturnType<typeof startWorkedCluster>> | undefined;

everyOperationConformance(
  'the rehearsal’s API server',
  async () => (server = await startWorkedCluster()),
  ({ namespace }) => {
    if (server === undefined) throw new Error('the cluster has not been started');
    const rules = roleNames.flatMap(documentedRules).map((rule) => ({ ...rule, namespaces: [namespace] }));
    const reviews = {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectreviews'],
    };
    server.tokens.set('operator', { name: 'operator', rules: [...rules, reviews] });
    return Promise.resolve({ ...server.settingsFor('operator'), namespaces: [namespace] });
  },
);
