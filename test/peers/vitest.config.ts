import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** The cheap ground first; last the suite that gives Prometheus metrics of another kind. */
const order = ['ground', 'access', 'kubernetes', 'signals', 'walk', 'honesty', 'promql', 'rehearsal'];

class InOrder extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = order.findIndex((name) => moduleId.endsWith(`/${name}.peers.ts`));
      return found < 0 ? order.length : found;
    };
    return Promise.resolve([...files].sort((a, b) => place(a) - place(b)));
  }
}

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.peers.ts'],
    // The suites share one cluster and its traffic, so they take turns.
    fileParallelism: false,
    sequence: { sequencer: InOrder },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
