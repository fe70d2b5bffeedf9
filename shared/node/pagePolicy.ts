/** Stands in the built page where each response puts its own nonce (build/vite.config.ts). */
const noncePlaceholder = '__PODIUM_NONCE__';

/** The headers that every answer carries, in both hosts. `connect` lists what the page may reach beside its own origin. */
export function pageHeaders(
  nonce: string | null,
  connect: readonly string[],
): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    nonce === null ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    // The page's one policy lets it name worker scripts of its own origin and empty elements; it makes no markup.
    'trusted-types default',
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cache-control': 'no-store',
    'permissions-policy': deniedFeatures.map((feature) => `${feature}=()`).join(', '),
  };
}

/** The page with its nonce. A page without the placeholder would silently lose its editor's styles, so it is refused. */
export function withNonce(html: string, nonce: string): string {
  if (!html.includes(noncePlaceholder)) {
    throw new Error(`The built page has no ${noncePlaceholder}: build it with "npm run build:renderer".`);
  }
  return html.replaceAll(noncePlaceholder, nonce);
}

// Copying a plan to the clipboard is the one thing of this kind that the console does.
const deniedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];
