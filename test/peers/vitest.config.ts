import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** The cheap ground first. */
const first = ['ground', 'access', 'kubernetes', 'signals', 'walk', 'honesty'];
/** After all others: these give Prometheus metrics of another kind. */
const last = ['traefik', 'dialects', 'promql', 'rehearsal'];

class InOrder extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const among = (names: readonly string[]) =>
        names.findIndex((name) => moduleId.endsWith(`/${name}.peers.ts`));
      if (among(last) >= 0) return first.length + 1 + among(last);
      return among(first) < 0 ? first.length : among(first);
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
    expect: { poll: { timeout: 30_000 } },
  },
});
