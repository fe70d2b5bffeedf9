import type { Page } from '@playwright/test';
import { expect } from './podium.ts';

/** Waits until the measured bar of payment's split gives a version a share between two, in percent. */
export async function seeShare(page: Page, version: string, least: number, most: number): Promise<void> {
  const bar = page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('group', { name: /^payment, route default: declared/ });
  const measured = async () => {
    const words = (await bar.getAttribute('aria-label'))?.split('measured ')[1] ?? '';
    const share = new RegExp(`${version} ([\\d.]+) %`).exec(words)?.[1];
    return share === undefined ? Number.NaN : Number(share);
  };
  const within = expect.poll(
    async () => {
      const share = await measured();
      return share >= least && share <= most ? 'there' : `${version} has ${share} % of the calls`;
    },
    { timeout: 45_000 },
  );
  await within.toBe('there');
}
