import { edgeFamilies, edgeServices } from './edgeFamilies.ts';
import { hubble, linkerd } from './meshFamilies.ts';
import type { MetricFamily } from './metricFamily.ts';
import {
  micrometerClient,
  micrometerServer,
  olderOtelClient,
  otelClient,
  otelServer,
  serviceGraph,
} from './programFamilies.ts';

/** All that one Prometheus can hold at once. */
export const families: readonly MetricFamily[] = [
  linkerd,
  hubble,
  serviceGraph,
  otelClient,
  olderOtelClient,
  micrometerClient,
  ...edgeFamilies,
  otelServer,
  micrometerServer,
];

/** The services that these calls lie between, each with one instance. */
export const marketServices = [
  'web',
  'cart',
  'stock',
  'payment',
  'audit',
  'search',
  'mail',
  'billing',
  ...edgeServices,
] as const;
