// Who may import whom. One rule for each part of the tree: whatever the part may not reach is named by it.

/** Folders by their names in messages; `kit`, `http` and `kube` are parts of their own among the connectors. */
const folder = {
  model: '^shared/model/',
  contract: '^shared/contract/',
  analysis: '^shared/analysis/',
  kit: '^shared/connectors/kit/',
  http: '^shared/connectors/http/',
  kube: '^shared/connectors/kube/',
  core: '^shared/core/',
  node: '^shared/node/',
  rehearsal: '^shared/rehearsal/',
  loopback: '^shared/loopback/',
  electron: '^electron/',
  renderer: '^renderer/',
};
const connectorList = '^shared/connectors/index\\.ts$';
const kubernetesNative = 'kubernetes|istio|gateway-api|linkerd';
const ownCode = '^(shared|electron|renderer)/';
const tests = '\\.test\\.tsx?$';

/** Everything of ours but the parts named. */
function onlyOwn(name, from, allowed) {
  return {
    name,
    severity: 'error',
    from: { path: from, pathNot: tests },
    to: { path: ownCode, pathNot: allowed },
  };
}

/** Packages and built-ins but those named; a part that runs anywhere must not lean on one runtime. */
function onlyPackages(name, from, packages) {
  return {
    name,
    severity: 'error',
    from: { path: from, pathNot: tests },
    to: {
      dependencyTypes: [
        'npm',
        'npm-dev',
        'npm-optional',
        'npm-peer',
        'npm-no-pkg',
        'npm-unknown',
        'core',
        'unknown',
      ],
      pathNot: packages.length === 0 ? [] : packages.map((each) => `(^|/)node_modules/${each}/`),
    },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    // Electron's own modules are files of no package: the running binary provides them.
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron/(main|common|renderer|utility)$' },
    },
    {
      name: 'only-electron-imports-electron',
      severity: 'error',
      from: { path: ownCode, pathNot: folder.electron },
      to: { path: '(^|/)node_modules/electron/|^electron(/(main|common|renderer|utility))?$' },
    },

    onlyOwn('model-imports-no-other-part', folder.model, [folder.model]),
    onlyPackages('model-imports-zod-only', folder.model, ['zod']),
    onlyOwn('contract-imports-model', folder.contract, [folder.contract, folder.model]),
    onlyPackages('contract-imports-orpc-contract-and-zod', folder.contract, ['@orpc/contract', 'zod']),
    onlyOwn('analysis-imports-model', folder.analysis, [folder.analysis, folder.model]),
    onlyPackages('analysis-imports-no-package', folder.analysis, []),
    onlyOwn('kit-imports-model', folder.kit, [folder.kit, folder.model]),
    onlyOwn('http-imports-kit-and-model', folder.http, [folder.http, folder.kit, folder.model]),
    onlyOwn('kube-imports-http-kit-and-model', folder.kube, [
      folder.kube,
      folder.http,
      folder.kit,
      folder.model,
    ]),
    onlyOwn('core-imports-no-connector-and-no-host', folder.core, [
      folder.core,
      folder.model,
      folder.contract,
      folder.analysis,
      folder.kit,
    ]),
    onlyOwn('node-imports-http-model-and-ports', folder.node, [
      folder.node,
      folder.http,
      folder.model,
      '^shared/core/ports\\.ts$',
    ]),
    onlyOwn('rehearsal-imports-model', folder.rehearsal, [folder.rehearsal, folder.model]),
    onlyOwn('loopback-imports-what-a-host-may', folder.loopback, [
      folder.loopback,
      folder.core,
      folder.node,
      connectorList,
      folder.rehearsal,
      folder.contract,
      folder.model,
    ]),
    onlyOwn('electron-imports-what-a-host-may', folder.electron, [
      folder.electron,
      folder.core,
      folder.node,
      connectorList,
      folder.rehearsal,
      folder.contract,
      folder.model,
    ]),
    onlyOwn('renderer-imports-contract-model-analysis', folder.renderer, [
      folder.renderer,
      folder.contract,
      folder.model,
      folder.analysis,
    ]),
    {
      name: 'connectors-do-not-see-each-other',
      severity: 'error',
      from: { path: '^shared/connectors/([^/]+)/', pathNot: [folder.kit, folder.http, folder.kube, tests] },
      to: {
        path: ownCode,
        pathNot: [
          '^shared/connectors/$1/',
          folder.kit,
          folder.http,
          folder.kube,
          folder.model,
          folder.analysis,
        ],
      },
    },
    {
      name: 'kube-is-for-kubernetes-native-connectors',
      severity: 'error',
      from: {
        path: '^shared/connectors/',
        pathNot: [folder.kube, `^shared/connectors/(${kubernetesNative})/`, tests],
      },
      to: { path: folder.kube },
    },
    {
      name: 'features-do-not-import-features',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/', pathNot: tests },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'ui-has-no-state-and-no-client',
      severity: 'error',
      from: { path: '^renderer/ui/', pathNot: tests },
      to: { path: '^renderer/(state|live|client|features)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts'],
    },
    cache: false,
  },
};
