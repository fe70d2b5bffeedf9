import { fuses } from './build/fuses.ts';

/** For electron-forge's start and package. Its names for the fuses differ from electron-builder's; their values do not. */
const forgeConfig = {
  packagerConfig: {
    name: 'Podium',
    appBundleId: 'dev.podium.desktop',
    asar: true,
    prune: true,
    ignore: [/^\/(?!package\.json$|node_modules($|\/)|dist($|\/))/],
    protocols: [{ name: 'Podium', schemes: ['podium'] }],
  },
  plugins: [
    {
      name: '@electron-forge/plugin-fuses',
      config: {
        version: '1',
        RunAsNode: fuses.runAsNode,
        EnableCookieEncryption: fuses.enableCookieEncryption,
        EnableNodeOptionsEnvironmentVariable: fuses.enableNodeOptionsEnvironmentVariable,
        EnableNodeCliInspectArguments: fuses.enableNodeCliInspectArguments,
        EnableEmbeddedAsarIntegrityValidation: fuses.enableEmbeddedAsarIntegrityValidation,
        OnlyLoadAppFromAsar: fuses.onlyLoadAppFromAsar,
        LoadBrowserProcessSpecificV8Snapshot: fuses.loadBrowserProcessSpecificV8Snapshot,
        GrantFileProtocolExtraPrivileges: fuses.grantFileProtocolExtraPrivileges,
      },
    },
  ],
} as const;

// electron-forge reads the default export.
export default forgeConfig;
