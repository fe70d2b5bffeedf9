interface TrustedTypesFactory {
  createPolicy(
    name: string,
    rules: {
      createScriptURL: (url: string) => string | null;
      createHTML: (markup: string) => string | null;
    },
  ): unknown;
}

/**
 * The page's policy requires trusted types, under which `new Worker(url)` and `innerHTML` are refused without a policy. The
 * default one lets scripts of our own origin through, and of markup only none at all, by which react-aria empties what it
 * reads out. Must run before the first worker is made, and once.
 */
export function allowOwnTypes(): void {
  // Not in every TypeScript's DOM library yet, and not in every browser.
  const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  factory?.createPolicy('default', {
    createScriptURL: (url) => (new URL(url, location.href).origin === location.origin ? url : null),
    createHTML: (markup) => (markup === '' ? markup : null),
  });
}
