import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcesses, statusOf, waitFor } from './processes.ts';

/** A running Traefik that reads its routes from the API server, of one namespace. */
export interface TraefikPeer extends AsyncDisposable {
  /** Where it takes requests. */
  readonly url: string;
  readonly metricsUrl: string;
}

/** Starts one that reads Ingresses and IngressRoutes; its resource definitions have to be there. */
export async function startTraefik(options: {
  readonly dir: string;
  readonly runDir: string;
  readonly kubeconfigFile: string;
  readonly namespace: string;
  /** Where it takes requests; metrics are at the next one. */
  readonly port: number;
}): Promise<TraefikPeer> {
  const dir = join(options.runDir, 'traefik');
  await mkdir(dir, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const processes = stack.use(createProcesses(dir));
  const url = `http://127.0.0.1:${options.port}`;
  const metricsPort = options.port + 1;
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  const providers = ['kubernetesingress', 'kubernetescrd'].flatMap((one) => [
    `--providers.${one}=true`,
    `--providers.${one}.namespaces=${options.namespace}`,
  ]);
  const running = processes.start({
    name: 'traefik',
    command: join(options.dir, 'traefik'),
    args: [
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      `--entrypoints.web.address=127.0.0.1:${options.port}`,
      `--entrypoints.metrics.address=127.0.0.1:${metricsPort}`,
      '--metrics.prometheus.entrypoint=metrics',
      ...providers,
    ],
    env: { PATH: process.env['PATH'], KUBECONFIG: options.kubeconfigFile },
    cwd: dir,
  });
  await waitFor('Traefik', { limitMs: 30_000, needs: [running] }, async () => {
    return (await statusOf(metricsUrl)) === 200;
  });
  const whole = stack.move();
  return { url, metricsUrl, [Symbol.asyncDispose]: () => whole.disposeAsync() };
}
