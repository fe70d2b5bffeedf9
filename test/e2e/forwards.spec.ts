import { inBothThemes } from './axe.ts';
import { expect, test } from './rehearsal.ts';
import { select } from './steps.ts';

test('a port-forward is one key from the map, told while it is open, and stopped', async ({
  rehearsal: page,
}) => {
  await select(page, 'payment');
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog', { name: 'Port-forwards' });
  const open = dialog.getByRole('button', { name: 'Open the forward' });

  await test.step('a connection that is read-only is unlocked first', async () => {
    await expect(dialog.getByRole('textbox', { name: 'Port of the instance' })).toHaveValue('8080');
    await expect(dialog).toContainText('a hostile web page in your browser');
    await expect(open).toBeDisabled();
    await dialog.getByRole('button', { name: 'Unlock…' }).click();
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Unlock / })
      .click();
    await expect(open).toBeEnabled();
    await inBothThemes(page, 'port-forward');
  });

  const address = dialog.getByText(/^127\.0\.0\.1:\d+$/);
  await test.step('it leads to a pod, and what went through it is counted', async () => {
    await open.click();
    await expect(address).toBeVisible();
    const answer = await fetch(`http://${await address.textContent()}/`);
    expect(await answer.text()).toContain('This is a pod of the rehearsal');
    await expect(dialog.getByRole('listitem')).toContainText(/payment, now payment-v\d\S*:8080/);
    await expect(dialog.getByRole('listitem')).toContainText(/1 connection, .* [1-9]\d* B received/);
    await inBothThemes(page, 'open port-forwards');
  });

  await test.step('a port that is taken is refused in words', async () => {
    const taken = (await address.textContent())?.split(':')[1] ?? '';
    await page.keyboard.press('Escape');
    await page
      .getByRole('complementary', { name: 'Inspector' })
      .getByRole('button', { name: 'Port-forward…' })
      .click();
    await dialog.getByRole('textbox', { name: 'Port of this machine' }).fill(taken);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('Another program listens');
    await page.keyboard.press('Escape');
  });

  await test.step('the title bar leads to the list, and nothing listens once it is stopped', async () => {
    await page.getByRole('banner').getByRole('button', { name: '1 forward' }).click();
    const url = `http://${await address.textContent()}/`;
    await dialog.getByRole('button', { name: /^Stop 127/ }).click();
    await expect(dialog).toContainText('None is open');
    await expect(fetch(url)).rejects.toThrow();
  });
});
