import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/**
 * No finding of axe, in the words of its rules, so that a failure says what to mend; `within` looks at a part only, `rules` at
 * nothing but these.
 */
export async function expectNoFindings(
  page: Page,
  where: string,
  within?: string,
  rules?: readonly string[],
): Promise<void> {
  // Otherwise axe opens a second page for what frames tell; there are none, and a desktop window cannot open it.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (rules !== undefined) axe.withRules([...rules]);
  const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} — ${nodes.map((node) => node.target.join(' ')).join('; ')}`,
  );
  expect(found, `axe on ${where}`).toEqual([]);
}
