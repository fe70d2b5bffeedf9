/**
 * What the packaged binary is still able to do, in electron-builder's words; the forge configuration reads the same
 * table. Off: running as plain Node, reading NODE_OPTIONS, being inspected, loading code from outside the archive.
 */
export const fuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
} as const;
