import { createKubeClient } from '../../shared/connectors/kube/client.ts';
import { readKubeconfig } from '../../shared/connectors/kube/kubeconfig.ts';
import { createReach } from '../../shared/connectors/kube/reach.ts';
import { hostOf } from '../conformance/cluster.ts';
import { kubeconfigText } from '../support/loginProgram.ts';

// A process of its own: which file holds the system's authorities is read once, at the first connection.
const { PODIUM_TRIED: server = '', PODIUM_TRIED_TOKEN: token = '' } = process.env;
const { contexts } = await readKubeconfig({ text: kubeconfigText(server, { token }) });
const [context] = contexts;
if (context === undefined) throw new Error('the kubeconfig has no context');
await using client = createKubeClient(await createReach(context, Date.now), 'cloud', null, hostOf());
const version = (await client.read('/version', AbortSignal.timeout(30_000))) as { gitVersion: string };
process.stdout.write(version.gitVersion);
