import { alertmanager } from './alertmanager/connector.ts';
import { consul } from './consul/connector.ts';
import { envoy } from './envoy/connector.ts';
import { eureka } from './eureka/connector.ts';
import { gatewayApi } from './gateway-api/connector.ts';
import { istio } from './istio/connector.ts';
import { kubernetes } from './kubernetes/connector.ts';
import { linkerd } from './linkerd/connector.ts';
import { nacos } from './nacos/connector.ts';
import { prometheus } from './prometheus/connector.ts';
import { sentinel } from './sentinel/connector.ts';
import { spring } from './spring/connector.ts';

/** Every connector there is; the only place that names them all. */
export const connectors = [
  kubernetes,
  istio,
  linkerd,
  gatewayApi,
  prometheus,
  alertmanager,
  consul,
  envoy,
  eureka,
  spring,
  sentinel,
  nacos,
] as const;
