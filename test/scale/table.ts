import { cpus, totalmem } from 'node:os';
import type { FoldFigures, LayoutFigures } from './analysisRows.ts';
import type { QueryFigures } from './queryRows.ts';
import type { TableFigures, TaskFigures } from './tableRows.ts';
import type { Frames, WindowFigures } from './windowRows.ts';

/** Everything one run of the bench measured, with the machine it was measured on. */
export interface BenchReport {
  readonly at: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly platform: string;
    readonly node: string;
    readonly browser: string;
    /** Of the operating system, when the run began: what else went on. */
    readonly loadAverage: number;
  };
  readonly tookSeconds: number;
  readonly windows: readonly WindowFigures[];
  readonly tables: readonly TableFigures[];
  readonly layouts: readonly LayoutFigures[];
  readonly fold: FoldFigures;
  readonly queries: readonly QueryFigures[];
}

interface Row {
  readonly goal: string;
  readonly what: string;
  readonly wanted: string;
  readonly measured: readonly string[];
  readonly ratio: string;
}

export function readMachine(browser: string, loadAverage: number): BenchReport['machine'] {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1_073_741_824),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    browser,
    loadAverage: Math.round(loadAverage * 10) / 10,
  };
}

/** The report as a table for docs/speed.md: a column for each size of map, and how the larger compares with the smaller. */
export function writeTable(report: BenchReport): string {
  const { machine, windows } = report;
  const head = [
    '',
    'measured',
    'goal',
    ...windows.map(({ services, calls }) => `${services} services, ${calls} calls`),
    'ratio, or beyond',
  ];
  const lines = [
    `Measured ${report.at.slice(0, 10)} on ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ` +
      `${machine.platform}, Chromium ${machine.browser} headless without a GPU, Node ${machine.node}; ` +
      `load average at the start ${machine.loadAverage}.`,
    'Times are CPU time of the one thread that does the work (the window’s main thread, or Node’s), in ms, unless marked wall.',
    'The goals are for 2,000 services on a map drawn as a picture; here every service is a React Flow card, all of them mounted.',
    '',
    tableLine(head),
    tableLine(head.map((_, i) => (i < 3 ? '---' : '--:'))),
    ...[...windowRows(report), ...tableRows(report), ...nodeRows(report)].map(
      ({ goal, what, wanted, measured, ratio }) => tableLine([goal, what, wanted, ...measured, ratio]),
    ),
    '',
    'Baselines not measured yet: PatternFly topology, Cytoscape, whole-graph elkjs. The last column is the ratio of the larger map to ' +
      'the smaller, or what larger maps take.',
  ];
  return `${lines.join('\n')}\n`;
}

function windowRows({ windows }: BenchReport): Row[] {
  const row = (
    goal: string,
    what: string,
    wanted: string,
    value: (figures: WindowFigures) => number | null,
  ): Row => {
    const values = windows.map(value);
    return { goal, what, wanted, measured: values.map(figure), ratio: ratioOf(values) };
  };
  const frames = (what: string, wanted: string, of: (figures: WindowFigures) => Frames): Row => {
    const p95 = windows.map((each) => of(each).p95);
    return {
      goal: 'G1',
      what: `${what}, a frame, p50 / p95 / longest`,
      wanted,
      measured: windows.map((each) => {
        const { p50, p95: high, longest } = of(each);
        return [p50, high, longest].map(figure).join(' / ');
      }),
      ratio: ratioOf(p95),
    };
  };
  return [
    frames('pan, all in view', 'p95 ≤ 10', ({ panAllInView }) => panAllInView),
    frames('pan at zoom 1', 'p95 ≤ 10', ({ panAtZoomOne }) => panAtZoomOne),
    frames('zoom in and out', 'p95 ≤ 12', ({ zoom }) => zoom),
    row('G3', 'every figure changes, all in view', '≤ 8', ({ tickAllInViewMs }) => tickAllInViewMs),
    row('G3', 'every figure changes, at zoom 1', '≤ 20', ({ tickAtZoomOneMs }) => tickAtZoomOneMs),
    row('', 'nothing changes, a second', '', ({ idleMsPerSecond }) => idleMsPerSecond),
    row('G4', 'from “Connect” to everything drawn', '≤ 150', ({ firstPictureMs }) => firstPictureMs),
    row('G7', 'heap of the window, MB', '≤ 30', ({ heapMb }) => heapMb),
    row('G7', 'DOM elements', '≤ 1,500', ({ domNodes }) => domNodes),
    row('G10', 'the inspector’s charts, a tick', '≤ 12', ({ chartsTickMs }) => chartsTickMs),
    row('G10', 'longest task in such a tick', '≤ 50', ({ chartsLongestTaskMs }) => chartsLongestTaskMs),
  ];
}

function tableRows({ windows, tables }: BenchReport): Row[] {
  const sizes = windows.map(({ services }) => services);
  const row = (what: string, value: (of: TableFigures) => string): Row => {
    const at = (services: number): string => {
      const found = tables.find((each) => each.services === services);
      return found === undefined ? '–' : value(found);
    };
    const beyond = tables.filter(({ services }) => !sizes.includes(services));
    const more = beyond.map((each) => `${each.services.toLocaleString('en')}: ${value(each)}`);
    return {
      goal: '',
      what: `the list: ${what}`,
      wanted: '',
      measured: sizes.map(at),
      ratio: more.join(', '),
    };
  };
  const task = (what: string, of: (figures: TableFigures) => TaskFigures): Row =>
    row(`${what}, all / longest task`, (figures) => {
      const { cpuMs, longestTaskMs } = of(figures);
      return `${figure(cpuMs)} / ${figure(longestTaskMs)}`;
    });
  return [
    task('opened', ({ open }) => open),
    task('every figure changes, by name', ({ tick }) => tick),
    task('every figure changes, by health', ({ tickMoving }) => tickMoving),
    task('sorted by another column', ({ sort }) => sort),
    task('a letter typed into “Find”', ({ typeLetter }) => typeLetter),
    task('a filter put on', ({ filter }) => filter),
    row('a frame of scrolling, p50 / p95', ({ scroll }) => `${figure(scroll.p50)} / ${figure(scroll.p95)}`),
    row('heap of the window, MB', ({ heapMb }) => figure(heapMb)),
    row('DOM elements', ({ domNodes }) => figure(domNodes)),
  ];
}

function nodeRows({ windows, layouts, fold, queries }: BenchReport): Row[] {
  const sizes = windows.map(({ services }) => services);
  const layoutAt = (services: number): LayoutFigures | undefined =>
    layouts.find((each) => each.services === services);
  const queriesAt = (services: number): QueryFigures | undefined =>
    queries.find((each) => each.services === services);
  const layoutRow = (
    what: string,
    goal: string,
    wanted: string,
    value: (of: LayoutFigures) => number,
  ): Row => {
    const beyond = layouts.filter(({ services }) => !sizes.includes(services));
    const more = beyond.map((each) => `${each.services.toLocaleString('en')}: ${figure(value(each))}`);
    const measured = sizes
      .map((services) => layoutAt(services))
      .map((each) => figure(each ? value(each) : null));
    return { goal, what, wanted, measured, ratio: more.join(', ') };
  };
  const queryRow = (goal: string, what: string, wanted: string, value: (of: QueryFigures) => string): Row => {
    const measured = sizes.map((services) => queriesAt(services)).map((each) => (each ? value(each) : '–'));
    return { goal, what, wanted, measured, ratio: '' };
  };
  const only = (goal: string, what: string, wanted: string, value: string): Row => ({
    goal,
    what,
    wanted,
    measured: sizes.map((_, i) => (i === sizes.length - 1 ? value : '')),
    ratio: '',
  });
  const series = fold.series.toLocaleString('en');
  return [
    layoutRow('our layout, the whole map', 'G5', '2,000 ≤ 100, 5,000 ≤ 250', ({ wholeMs }) => wholeMs),
    layoutRow('one service more', 'G6', '≤ 5', ({ oneMoreMs }) => oneMoreMs),
    layoutRow('the others then move, px', 'G6', '0', ({ othersMovedPx }) => othersMovedPx),
    only('G9', `${series} series → fold → difference`, '≤ 25', figure(fold.rowsToDifferenceMs)),
    only('', `${series} series from ${figure(fold.answerMb)} MB of JSON`, '', figure(fold.answerToRowsMs)),
    queryRow(
      'G11',
      'Prometheus queries for one reading of all namespaces',
      '≤ 4',
      ({ perReading, namespaces }) => `${figure(perReading)} (${namespaces} namespaces)`,
    ),
    queryRow(
      'G11',
      'queries while no window looks',
      '0',
      ({ withoutWindow, withoutWindowSeconds }) => `${withoutWindow} in ${withoutWindowSeconds} s`,
    ),
    queryRow('', 'host started to everything drawn, on the rehearsal, s wall', '', ({ bootMs }) =>
      figure(bootMs / 1_000),
    ),
  ];
}

function figure(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(2)));
}

function ratioOf(values: readonly (number | null)[]): string {
  const [small, large] = [values[0] ?? null, values.at(-1) ?? null];
  if (values.length < 2 || small === null || large === null || small <= 0) return '';
  return `${figure(large / small)} ×`;
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
