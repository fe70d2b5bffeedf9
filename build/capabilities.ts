import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { z } from 'zod';
import { connectors } from '../shared/connectors/index.ts';
import { capabilityTitles } from '../shared/connectors/kit/capabilities.ts';
import type { Capabilities, Connector } from '../shared/connectors/kit/connector.ts';
import { provenBy } from '../test/peers/provenBy.ts';
import { between } from './reliability.ts';

const root = join(import.meta.dirname, '..');

type Declared = Pick<Connector<unknown>, 'id' | 'title' | 'capabilities'>;

const Report = z.object({
  peers: z.array(z.object({ name: z.string(), version: z.string(), outcome: z.string() })),
  suites: z.array(z.object({ name: z.string(), passed: z.number(), failed: z.number() })),
});
type Report = z.infer<typeof Report>;

/** What a cell says: used on a real peer by suites that passed, held to by suites on a simulator, or not offered. */
const marks = { proven: '●', simulated: '○', none: '' } as const;
type Mark = (typeof marks)[keyof typeof marks];

/** One row for each capability, one column for each system, and which real peers a run proved it on. */
export function capabilitiesTable(declared: readonly Declared[], report: Report): string {
  const rows = Object.entries(capabilityTitles).map(([name, title]) => [
    title,
    ...declared.map((one) => markOf(one, name as keyof Capabilities, report)),
  ]);
  const used = rows.filter(([, ...cells]) => cells.some((cell) => cell !== marks.none));
  return [
    ['', ...declared.map(({ title }) => title)],
    ['---', ...declared.map(() => ':-:')],
    ...used,
    ['_on_', ...declared.map(({ id }) => peersOf(id, report))],
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function markOf({ id, capabilities }: Declared, name: keyof Capabilities, report: Report): Mark {
  if (!capabilities.includes(name)) return marks.none;
  const suites = provenBy[id]?.suites[name] ?? [];
  const passed = suites.every((suite) =>
    report.suites.some((one) => one.name === suite && one.passed > 0 && one.failed === 0),
  );
  return suites.length > 0 && passed ? marks.proven : marks.simulated;
}

/** "kube-apiserver 1.36.3, istiod 0.0.0-2026…"; in words where there is none. */
function peersOf(id: string, report: Report): string {
  const ran = (provenBy[id]?.peers ?? []).flatMap((name) => {
    const peer = report.peers.find((one) => one.name === name && one.outcome === 'run');
    return peer === undefined ? [] : [wordsFor(name, peer.version)];
  });
  return ran.length === 0 ? 'simulator only' : ran.join(', ');
}

/** The names that operators know, and versions without what the tier adds to tell its builds apart. */
function wordsFor(name: string, version: string): string {
  const spring = /^boot([\d.]+)-cloud([\d.]+)/.exec(version);
  if (name === 'spring' && spring !== null) return `Spring Boot ${spring[1]}, Cloud ${spring[2]}`;
  const snapshot = /-([0-9a-f]{12})$/.exec(version);
  return `${name} ${snapshot === null ? version.replace(/^v/, '').replace(/\+.*$/, '') : snapshot[1]}`;
}

/** Where a page and the connectors disagree about who can do what; empty when they agree. */
export function disagreements(page: string, declared: readonly Declared[]): string[] {
  const [head = [], , ...rows] = readTable(page);
  const columns = head.slice(1);
  const titles = declared.map(({ title }) => title);
  if (columns.join() !== titles.join())
    return [`The table’s systems are ${columns.join(', ')}; the connectors are ${titles.join(', ')}.`];
  return Object.entries(capabilityTitles).flatMap(([name, title]) => {
    const cells = rows.find(([first]) => first === title)?.slice(1) ?? [];
    return declared.flatMap(({ id, title: system, capabilities }, i) => {
      const cell = cells[i] ?? marks.none;
      const has = capabilities.includes(name as keyof Capabilities);
      if (has !== (cell !== marks.none))
        return [`${system} ${has ? 'declares' : 'does not declare'} “${title}”; the table says otherwise.`];
      const suites = provenBy[id]?.suites[name as keyof Capabilities] ?? [];
      return cell === marks.proven && suites.length === 0
        ? [`No suite on a real peer stands for “${title}” of ${system}; the table says one does.`]
        : [];
    });
  });
}

function readTable(page: string): string[][] {
  const [, table = ''] = /<!-- capabilities: begin -->([^]*)<!-- capabilities: end -->/.exec(page) ?? [];
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim()),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { report: { type: 'string', default: join(root, 'test-results/peers.json') } },
  });
  const report = Report.parse(JSON.parse(readFileSync(values.report, 'utf8')));
  const page = join(root, 'docs/proof.md');
  const made = between(readFileSync(page, 'utf8'), 'capabilities', capabilitiesTable(connectors, report));
  const options = { parser: 'markdown', printWidth: 110, singleQuote: true, trailingComma: 'all' } as const;
  writeFileSync(page, await format(made, options));
}

if (import.meta.main) await main();
