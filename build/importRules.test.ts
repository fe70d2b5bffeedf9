import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '..');

/** One planted file for each rule: where it is, and the one line in it that breaks the rule. */
const planted: readonly { readonly rule: string; readonly file: string; readonly line: string }[] = [
  { rule: 'model-imports-no-other-part', file: 'shared/model/a.ts', line: "import '../core/console.ts';" },
  { rule: 'model-imports-zod-only', file: 'shared/model/b.ts', line: "import 'ws';" },
  { rule: 'model-imports-zod-only', file: 'shared/model/c.ts', line: "import 'node:fs';" },
  { rule: 'contract-imports-model', file: 'shared/contract/a.ts', line: "import '../analysis/plain.ts';" },
  {
    rule: 'contract-imports-orpc-contract-and-zod',
    file: 'shared/contract/b.ts',
    line: "import '@orpc/server';",
  },
  { rule: 'analysis-imports-model', file: 'shared/analysis/a.ts', line: "import '../contract/plain.ts';" },
  { rule: 'analysis-imports-no-package', file: 'shared/analysis/b.ts', line: "import 'zod';" },
  {
    rule: 'kit-imports-model',
    file: 'shared/connectors/kit/a.ts',
    line: "import '../../analysis/plain.ts';",
  },
  {
    rule: 'http-imports-kit-and-model',
    file: 'shared/connectors/http/a.ts',
    line: "import '../kube/plain.ts';",
  },
  {
    rule: 'kube-imports-http-kit-and-model',
    file: 'shared/connectors/kube/a.ts',
    line: "import '../kubernetes/plain.ts';",
  },
  {
    rule: 'core-imports-no-connector-and-no-host',
    file: 'shared/core/a.ts',
    line: "import '../connectors/istio/plain.ts';",
  },
  {
    rule: 'core-imports-no-connector-and-no-host',
    file: 'shared/core/b.ts',
    line: "import '../node/plain.ts';",
  },
  {
    rule: 'node-imports-http-model-and-ports',
    file: 'shared/node/a.ts',
    line: "import '../core/console.ts';",
  },
  {
    rule: 'rehearsal-imports-model',
    file: 'shared/rehearsal/a.ts',
    line: "import '../connectors/kube/plain.ts';",
  },
  {
    rule: 'loopback-imports-what-a-host-may',
    file: 'shared/loopback/a.ts',
    line: "import '../connectors/istio/plain.ts';",
  },
  {
    rule: 'electron-imports-what-a-host-may',
    file: 'electron/a.ts',
    line: "import '../shared/connectors/kit/plain.ts';",
  },
  {
    rule: 'renderer-imports-contract-model-analysis',
    file: 'renderer/a.ts',
    line: "import '../shared/core/console.ts';",
  },
  {
    rule: 'connectors-do-not-see-each-other',
    file: 'shared/connectors/istio/a.ts',
    line: "import '../prometheus/plain.ts';",
  },
  {
    rule: 'connectors-do-not-see-each-other',
    file: 'shared/connectors/istio/b.ts',
    line: "import '../../core/ports.ts';",
  },
  {
    rule: 'kube-is-for-kubernetes-native-connectors',
    file: 'shared/connectors/prometheus/a.ts',
    line: "import '../kube/plain.ts';",
  },
  {
    rule: 'features-do-not-import-features',
    file: 'renderer/features/map/a.ts',
    line: "import '../journal/plain.ts';",
  },
  { rule: 'ui-has-no-state-and-no-client', file: 'renderer/ui/a.ts', line: "import '../state/plain.ts';" },
  {
    rule: 'only-electron-imports-electron',
    file: 'shared/loopback/b.ts',
    line: "import type {} from 'electron';",
  },
  {
    rule: 'only-electron-imports-electron',
    file: 'shared/core/d.ts',
    line: "import type {} from 'electron/main';",
  },
  { rule: 'no-unresolved', file: 'shared/core/c.ts', line: "import './missing.ts';" },
  { rule: 'no-cycles', file: 'shared/model/round.ts', line: "import './trip.ts';" },
];

const plain = [
  'shared/analysis/plain.ts',
  'shared/contract/plain.ts',
  'shared/connectors/http/plain.ts',
  'shared/connectors/istio/plain.ts',
  'shared/connectors/kit/plain.ts',
  'shared/connectors/kube/plain.ts',
  'shared/connectors/kubernetes/plain.ts',
  'shared/connectors/prometheus/plain.ts',
  'shared/core/console.ts',
  'shared/core/ports.ts',
  'shared/node/plain.ts',
  'renderer/features/journal/plain.ts',
  'renderer/state/plain.ts',
];

const Report = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.unknown()) })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
const Rules = z.object({ forbidden: z.array(z.object({ name: z.string() })) });
type Report = z.infer<typeof Report>;

async function cruise(folder: string): Promise<Report> {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [
    tool,
    '--config',
    'build/importRules.cjs',
    '--output-type',
    'json',
    'electron',
    'shared',
    'renderer',
  ];
  const run = promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 256 * 1024 * 1024 });
  const { stdout } = await run.catch((error: unknown) => error as { readonly stdout: string });
  return Report.parse(JSON.parse(stdout));
}

describe('import rules on a planted tree', () => {
  let folder = '';
  let report: Report;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-imports-'));
    const write = async (file: string, text: string): Promise<void> => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${text}\nexport {};\n`);
    };
    await mkdir(join(folder, 'build'));
    await cp(join(root, 'build/importRules.cjs'), join(folder, 'build/importRules.cjs'));
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    for (const file of plain) await write(file, '');
    for (const { file, line } of planted) await write(file, line);
    await write('shared/model/trip.ts', "import './round.ts';");
    await write(
      'shared/connectors/istio/good.ts',
      "import '../http/plain.ts';\nimport '../kube/plain.ts';\nimport '../kit/plain.ts';",
    );
    report = await cruise(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(planted)('$file is caught by $rule', ({ rule, file }) => {
    const named = report.summary.violations.filter((violation) => violation.from === file);
    expect(named.map((violation) => violation.rule.name)).toContain(rule);
  });

  test('every rule has a planted violation, and what is allowed is not named', () => {
    const rules = Rules.parse(createRequire(import.meta.url)('./importRules.cjs'));
    const names = new Set(planted.map((violation) => violation.rule));
    expect(rules.forbidden.map((rule) => rule.name).filter((name) => !names.has(name))).toEqual([]);
    const files = new Set(report.summary.violations.map((violation) => violation.from));
    const guilty = new Set([...planted.map((violation) => violation.file), 'shared/model/trip.ts']);
    expect([...files].filter((file) => !guilty.has(file))).toEqual([]);
  });
});

test('the real tree is seen whole: TypeScript is read, and the modules are many', async () => {
  const { modules } = await cruise(root);
  const own = modules.filter((module) => /^(electron|shared|renderer)\/.*\.tsx?$/.test(module.source));
  expect(own.length).toBeGreaterThan(400);
  expect(own.filter((module) => module.dependencies.length > 0).length).toBeGreaterThan(250);
}, 120_000);
