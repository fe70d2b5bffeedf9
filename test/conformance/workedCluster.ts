import { createControllers } from '../../shared/rehearsal/controllers/controllers.ts';
import { startSimulatedCluster, type SimulatedCluster } from './simulatedCluster.ts';

/** How much faster than ours the time of the simulated controllers runs. */
const haste = 10;

/** The rehearsal's API server with its controllers and kubelets at work. */
export async function startWorkedCluster(): Promise<SimulatedCluster> {
  const cluster = await startSimulatedCluster();
  const startAt = Date.now();
  const controllers = createControllers(cluster.store, { startAt });
  const beat = setInterval(() => controllers.step(startAt + (Date.now() - startAt) * haste), 20);
  return {
    ...cluster,
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      controllers.close();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
