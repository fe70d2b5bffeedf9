import type { Page } from '@playwright/test';

/** Where text would lead to if it were taken for more than text. */
const evil = 'evil.example';

/** Text that does something, or hides something, wherever it is not treated as mere text. */
const corpus: readonly string[] = [
  '\u202e<img src=x data-pwned onerror=window.__pwned=1>\u202c',
  '<script data-pwned>window.__pwned=2</script>',
  '<svg data-pwned onload=window.__pwned=3><a xlink:href="javascript:window.__pwned=4">x</a></svg>',
  '" data-pwned autofocus onfocus="window.__pwned=5" x="',
  "' data-pwned onmouseover='window.__pwned=6' x='",
  `javascript:window.__pwned=7//${evil}`,
  `</title></style></textarea><iframe data-pwned src="javascript:parent.__pwned=8"></iframe>`,
  "{{constructor.constructor('window.__pwned=9')()}}${window.__pwned=10}<%=1%>#{1}",
  '&lt;img src=x data-pwned onerror=window.__pwned=11&gt;&#x202E;&NewLine;',
  `<a href="//${evil}/login" data-pwned>Click here to login</a> [login](https://${evil}/login)`,
  `\u001b[31mred\u001b[0m\u001b]8;;https://${evil}\u0007link\u001b]8;;\u0007\u009b2J\u0008\u0000`,
  'pay\u200bment\u2066\u061c\ufeff\u2028\u00adv2\u{e0041}',
  '__proto__ constructor prototype toString',
];

/** All of it under the name of the field that holds it. */
export const poison = (field: string): string => `${field} ${corpus.join(' ')}`;

/** The same, followed by more than anybody reads. */
export const longPoison = (field: string): string => `${poison(field)} ${'A'.repeat(10_000)}`;

/** What a poisoned field looks like once it is drawn as text: the first control is made visible, or was taken out. */
export const shownPoison = (field: string): RegExp => new RegExp(`${field}\\s*(⟨U\\+202E⟩)?<img src=x`);

/** Notes, from before the first script runs, what must never happen; gives what happened up to now. */
export async function guard(page: Page): Promise<() => Promise<string[]>> {
  const happened: string[] = [];
  page.on('dialog', (dialog) => {
    happened.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => happened.push(`an error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (/content security policy|trusted ?types?|trusted(html|script)|refused to/i.test(text))
      happened.push(`on the console: ${text}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:') && !request.url().startsWith('blob:'))
      happened.push(`a request to ${request.url()}`);
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { violations: seen });
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.push(`${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`),
    );
  });
  return async () => [...happened, ...(await page.evaluate(harmInPage))];
}

/** Runs in the page: what of the document came from text, or steers how text is drawn. */
function harmInPage(): string[] {
  const steering =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;
  const longest = 2_500;
  const state = window as Window & { __pwned?: number; violations?: readonly string[] };
  const harm = [...(state.violations ?? [])];
  if (state.__pwned !== undefined) harm.push(`script number ${state.__pwned} ran`);
  if (({} as { polluted?: unknown }).polluted !== undefined) harm.push('Object.prototype was changed');
  const where = (element: Element | null): string =>
    element === null ? '' : `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
  const foreign =
    '[data-pwned], iframe, object, embed, base, form, img:not(.cm-widgetBuffer), a[href*="evil"], a[href^="javascript"]';
  for (const element of document.querySelectorAll(foreign)) harm.push(`an element: ${where(element)}`);
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) harm.push(`a handler ${name} on ${where(element)}`);
      const isTold = ['title', 'alt', 'placeholder', 'value'].includes(name) || name.startsWith('aria-');
      if (isTold && steering.test(value))
        harm.push(`${name} of ${where(element)}: ${escape(value.slice(0, 90))}`);
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.nodeValue ?? '';
    const parent = node.parentElement;
    if (parent?.closest('script, style')) continue;
    if (steering.test(text)) harm.push(`text of ${where(parent)}: ${escape(text.slice(0, 90))}`);
    // A document is shown as it stands; everything else is cut.
    if (text.length > longest && !parent?.closest('.code'))
      harm.push(`${text.length} characters in ${where(parent)}: ${text.slice(0, 60)}`);
  }
  return harm;
}
