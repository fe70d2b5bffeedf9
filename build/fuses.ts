/**
 * What the packaged binary is still able to do, in electron-builder's words and in the order of Electron's wire. Off: running
 * as plain Node, reading NODE_OPTIONS, being inspected, loading code from outside the archive.
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

/**
 * The same for electron-forge, whose @electron/fuses reads the numbers of its `FuseV1Options` and passes over names. The ninth,
 * WasmTrapHandlers, has no word in electron-builder, which leaves it as Electron ships it: on.
 */
export const fusesByNumber = {
  0: fuses.runAsNode,
  1: fuses.enableCookieEncryption,
  2: fuses.enableNodeOptionsEnvironmentVariable,
  3: fuses.enableNodeCliInspectArguments,
  4: fuses.enableEmbeddedAsarIntegrityValidation,
  5: fuses.onlyLoadAppFromAsar,
  6: fuses.loadBrowserProcessSpecificV8Snapshot,
  7: fuses.grantFileProtocolExtraPrivileges,
  8: true,
} as const;
