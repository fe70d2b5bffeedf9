import { Duplex } from 'node:stream';
import type { ConnectorHost } from '../kit/connector.ts';
import type { ByteStream, ForwardSource } from '../kit/forwards.ts';
import { PeerError } from '../kit/peerError.ts';
import { mayI } from '../kube/access.ts';
import type { KubeClient } from '../kube/client.ts';
import { at, listAt, numberAt, textAt } from '../kube/objects.ts';
import { openPort } from '../kube/portForward.ts';
import { pods } from '../kube/resources.ts';

/** Ports of pods, through the API server and the kubelet. */
export function createForwardSource(
  client: KubeClient,
  host: Pick<ConnectorHost, 'ownPorts'>,
): ForwardSource {
  return {
    allowed: (namespace, signal) =>
      mayI(client, { verb: 'create', group: '', resource: 'pods/portforward', namespace }, signal),
    async ports({ namespace, name }, signal) {
      const pod = await client.object(pods, namespace, name, signal);
      return listAt(pod, 'spec', 'containers').flatMap((container) =>
        listAt(container, 'ports').flatMap((port) => {
          const number = numberAt(port, 'containerPort');
          // A port-forward carries streams only.
          if (number === null || (textAt(port, 'protocol') ?? 'TCP') !== 'TCP') return [];
          return [{ port: number, name: textAt(port, 'name') ?? textAt(container, 'name') ?? '' }];
        }),
      );
    },
    async open({ namespace, name, uid }, port, signal) {
      const pod = await client.object(pods, namespace, name, signal);
      if (pod.metadata.uid !== uid)
        throw new PeerError('notFound', `Another pod goes by the name ${name} now.`, { status: 404 });
      // A pod in its host's network shares the host's loopback, which is this machine's own where the cluster runs on it.
      if (at(pod, 'spec', 'hostNetwork') === true && host.ownPorts().includes(port))
        throw new PeerError('refused', `Podium itself listens at port ${port}; nothing is forwarded to it.`);
      const stream = await openPort(client, { namespace, name, port }, signal);
      // A kubelet that finds nothing at the port says so with its first word, which may have come already.
      if (stream.errored !== null) throw stream.errored;
      const heard = client.watches.onAbsence((what) =>
        stream.destroy(new PeerError('unanswered', `${what}: the connection to ${name} broke off.`)),
      );
      stream.once('close', () => heard[Symbol.dispose]());
      // Node's own types of web streams; they are the same objects.
      return Duplex.toWeb(stream) as ByteStream;
    },
  };
}
