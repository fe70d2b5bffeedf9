import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectors } from '../shared/connectors/index.ts';
import { provenBy } from '../test/peers/provenBy.ts';
import { capabilitiesTable, disagreements } from './capabilities.ts';

const root = join(import.meta.dirname, '..');

const declared = [
  { id: 'consul', title: 'Consul', capabilities: ['topology', 'weights'] },
  { id: 'nowhere', title: 'Nowhere', capabilities: ['topology'] },
] as const;
const peers = [
  { name: 'consul', version: 'v1.20.5', outcome: 'run' },
  { name: 'envoy', version: '1.40.0', outcome: 'skipped' },
];
const passed = (name: string) => ({ name, passed: 3, failed: 0 });
const onPage = (table: string): string =>
  `<!-- capabilities: begin -->\n\n${table}\n\n<!-- capabilities: end -->`;

describe('the table of systems and what they can do', () => {
  test('marks as proven what every suite that stands for it passed on real peers', () => {
    const table = capabilitiesTable(declared, {
      peers,
      suites: ['consul', 'consulMesh'].map(passed),
    });
    // The judge did not run, so the weights are not proven.
    expect(table.split('\n')).toEqual([
      '|  | Consul | Nowhere |',
      '| --- | :-: | :-: |',
      '| Services, instances, versions | ● | ○ |',
      '| Shift weights | ○ |  |',
      '| _on_ | consul 1.20.5 | simulator only |',
    ]);
    const judged = capabilitiesTable(declared, {
      peers,
      suites: ['consul', 'consulMesh', 'consulJudge'].map(passed),
    });
    expect(judged).toContain('| Shift weights | ● |');
  });

  test('does not mark what a suite failed on, or ran no test of', () => {
    for (const judge of [
      { name: 'consulJudge', passed: 3, failed: 1 },
      { name: 'consulJudge', passed: 0, failed: 0 },
    ]) {
      const suites = [...['consul', 'consulMesh'].map(passed), judge];
      expect(capabilitiesTable(declared, { peers, suites })).toContain('| Shift weights | ○ |');
    }
  });

  test('a page that says more or less than connectors declare is told', () => {
    const table = capabilitiesTable(declared, { peers, suites: [] });
    expect(disagreements(onPage(table), declared)).toEqual([]);
    expect(disagreements(onPage(table.replace('| ○ |  |', '|  | ○ |')), declared)).toEqual([
      'Consul declares “Shift weights”; the table says otherwise.',
      'Nowhere does not declare “Shift weights”; the table says otherwise.',
    ]);
    expect(disagreements(onPage(table.replace('○ | ○ |', '○ | ● |')), declared)).toEqual([
      'No suite on a real peer stands for “Services, instances, versions” of Nowhere; the table says one does.',
    ]);
    expect(disagreements('nothing', declared)).toHaveLength(1);
  });
});

test('the table of what was proven tells what the connectors declare', () => {
  expect(disagreements(readFileSync(join(root, 'docs/proof.md'), 'utf8'), connectors)).toEqual([]);
});

test('suites that stand for a capability are there, and connectors declare it', () => {
  for (const [id, { suites }] of Object.entries(provenBy)) {
    const connector = connectors.find((one) => one.id === id);
    for (const [name, files] of Object.entries(suites)) {
      expect(connector?.capabilities, `${id} ${name}`).toContain(name);
      for (const file of files)
        expect(existsSync(join(root, `test/peers/${file}.peers.ts`)), `${file} for ${id} ${name}`).toBe(true);
    }
  }
});
