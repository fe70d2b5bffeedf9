import { pathToFileURL } from 'node:url';
import { type Installed, type Recipe, cacheRoot, ensure, find, progress } from './install/cache.ts';
import { consul } from './install/consul.ts';
import { alertmanager, ensureTools, prometheus } from './install/debian.ts';
import { envoy } from './install/envoy.ts';
import { etcd } from './install/etcd.ts';
import { gatewayApiCrds } from './install/gatewayApi.ts';
import { istioCrds, istiod } from './install/istio.ts';
import { kubernetes } from './install/kubernetes.ts';
import { kwok } from './install/kwok.ts';
import { opentelemetry } from './install/opentelemetry.ts';
import { rolloutCrds } from './install/rollouts.ts';
import { sentinel } from './install/sentinel.ts';
import { spring } from './install/spring.ts';
import { traefik } from './install/traefik.ts';

const recipes = {
  prometheus,
  alertmanager,
  envoy,
  istioCrds,
  gatewayApiCrds,
  rolloutCrds,
  etcd,
  kubernetes,
  kwok,
  istiod,
  consul,
  spring,
  sentinel,
  opentelemetry,
  traefik,
} as const satisfies Record<string, Recipe>;

/** Every program the tier needs, each present or absent with the reason. */
export type Installation = { readonly [name in keyof typeof recipes]: Installed } & {
  /** Null when the system tools are there, else what is missing. */
  readonly missingTools: string | null;
};

/** What is in the cache, without building or fetching anything. */
export function findPeers(): Installation {
  return {
    missingTools: null,
    prometheus: find(recipes.prometheus),
    alertmanager: find(recipes.alertmanager),
    envoy: find(recipes.envoy),
    istioCrds: find(recipes.istioCrds),
    gatewayApiCrds: find(recipes.gatewayApiCrds),
    rolloutCrds: find(recipes.rolloutCrds),
    etcd: find(recipes.etcd),
    kubernetes: find(recipes.kubernetes),
    kwok: find(recipes.kwok),
    istiod: find(recipes.istiod),
    consul: find(recipes.consul),
    spring: find(recipes.spring),
    sentinel: find(recipes.sentinel),
    opentelemetry: find(recipes.opentelemetry),
    traefik: find(recipes.traefik),
  };
}

/** Builds or fetches every peer that is not in the cache yet; never throws for a peer that cannot be had. */
export async function installPeers(): Promise<Installation> {
  progress(`peers are kept in ${cacheRoot}`);
  const missingTools = await ensureTools();
  // Downloads run beside the compiler; compilers run one after another, because one alone fills two cores.
  const fetched = Promise.all([
    ensure(recipes.prometheus),
    ensure(recipes.alertmanager),
    ensure(recipes.envoy),
  ]);
  const compiled = {
    istioCrds: await ensure(recipes.istioCrds),
    gatewayApiCrds: await ensure(recipes.gatewayApiCrds),
    rolloutCrds: await ensure(recipes.rolloutCrds),
    etcd: await ensure(recipes.etcd),
    kubernetes: await ensure(recipes.kubernetes),
    kwok: await ensure(recipes.kwok),
    istiod: await ensure(recipes.istiod),
    consul: await ensure(recipes.consul),
    spring: await ensure(recipes.spring),
    sentinel: await ensure(recipes.sentinel),
    opentelemetry: await ensure(recipes.opentelemetry),
    traefik: await ensure(recipes.traefik),
  };
  const [prometheusFound, alertmanagerFound, envoyFound] = await fetched;
  return {
    missingTools,
    prometheus: prometheusFound,
    alertmanager: alertmanagerFound,
    envoy: envoyFound,
    ...compiled,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { missingTools, ...peers } = await installPeers();
  if (missingTools !== null) progress(missingTools);
  const absent = Object.values(peers).filter((peer) => peer.kind === 'absent');
  process.exitCode = absent.length === 0 && missingTools === null ? 0 : 1;
}
