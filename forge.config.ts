import { fusesByNumber } from './build/fuses.ts';

/** For electron-forge's start and package, with the same fuses as electron-builder's. */
const forgeConfig = {
  packagerConfig: {
    name: 'Podium',
    appBundleId: 'dev.podium.desktop',
    asar: true,
    prune: true,
    ignore: [/^\/(?!package\.json$|LICENSE$|node_modules($|\/)|dist($|\/))/],
    protocols: [{ name: 'Podium', schemes: ['podium'] }],
  },
  plugins: [
    {
      name: '@electron-forge/plugin-fuses',
      config: { version: '1', strictlyRequireAllFuses: true, ...fusesByNumber },
    },
  ],
} as const;

// electron-forge reads the default export.
export default forgeConfig;
