import { consul } from './consul/connector.ts';
import { envoy } from './envoy/connector.ts';
import { istio } from './istio/connector.ts';
import { kubernetes } from './kubernetes/connector.ts';
import { prometheus } from './prometheus/connector.ts';

/** Every connector there is; the only place that names them all. */
export const connectors = [kubernetes, istio, prometheus, consul, envoy] as const;
