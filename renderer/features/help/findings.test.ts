import { expect, test } from 'vitest';
import { FindingRule } from '../../../shared/model/registryFinding.ts';
import { certificateHelp } from '../../ui/certificateHelp.ts';
import { documentFindingHelp } from '../../ui/documentFindingHelp.ts';
import { findingHelp } from '../../ui/findingHelp.ts';

const sources = import.meta.glob<string>(['../../../shared/connectors/**/*.ts', '!**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** A finding's rule is written beside its name, in words with dashes: one, a choice of two, or the names of a type. */
function rulesIn(text: string): readonly string[] {
  const written = /\brule:\s*([^;,{}]*?'[\w-]+'[^;,{}]*)[;,}\n]/g;
  return [...text.matchAll(written)].flatMap(([, value = '']) =>
    [...value.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].flatMap(([, rule]) => rule ?? []),
  );
}

test('everything that can be found has an entry in the help, and no entry is about nothing', () => {
  const found = new Set<string>([...FindingRule.options, ...Object.values(sources).flatMap(rulesIn)]);
  const told = [...Object.keys(findingHelp), ...Object.keys(documentFindingHelp)];
  expect(found.size).toBeGreaterThan(25);
  expect([...found].filter((rule) => !told.includes(rule))).toEqual([]);
  expect(told.filter((rule) => !found.has(rule))).toEqual([]);
});

test('every entry says what it is and what to do, in whole sentences', () => {
  const all = [findingHelp, certificateHelp, documentFindingHelp].flatMap((help) => Object.values(help));
  for (const { title, what } of all) {
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(what).toMatch(/^[A-Z].{40,}\.$/);
  }
});
