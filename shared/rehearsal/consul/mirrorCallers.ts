import type { KubeInput } from '../kube/store.ts';
import { durationMs } from './durations.ts';
import { listIn } from './entryRules.ts';
import { meshHostOf, meshNamespace, networking } from './meshNames.ts';
import type { ConsulState, Fields } from './state.ts';

/** What callers' service-defaults say of their upstreams, as rules for those callers' proxies alone. */
export function callerRulesOf(state: ConsulState, services: readonly string[]): KubeInput[] {
  return state.entries('service-defaults').flatMap(({ name: caller, content }) => {
    const config = (content['UpstreamConfig'] ?? {}) as Fields;
    const defaults = (config['Defaults'] ?? {}) as Fields;
    const overrides = listIn(config, 'Overrides').filter(({ Peer }) => Peer === undefined || Peer === '');
    return services.flatMap((callee): KubeInput[] => {
      // An override replaces the limits as a whole, and likewise the health check; what it leaves out is the default's.
      const asked = { ...defaults, ...said(overrides.find(({ Name }) => Name === callee)) };
      const [limits, check] = [asked['Limits'], asked['PassiveHealthCheck']] as (Fields | undefined)[];
      if (limits === undefined && check === undefined) return [];
      return [
        {
          apiVersion: networking,
          kind: 'DestinationRule',
          metadata: { name: `${callee}--of--${caller}`, namespace: meshNamespace },
          spec: {
            host: meshHostOf(callee),
            workloadSelector: { matchLabels: { app: caller } },
            trafficPolicy: { thresholds: thresholdsOf(limits), outlierDetection: detectionOf(check) },
          },
        },
      ];
    });
  });
}

const said = (override: Fields | undefined): Fields =>
  Object.fromEntries(
    ['Limits', 'PassiveHealthCheck'].flatMap((name) =>
      override?.[name] == null ? [] : [[name, override[name]]],
    ),
  );

const thresholdsOf = (limits: Fields = {}): object => ({
  maxRequests: limits['MaxConcurrentRequests'],
  maxConnections: limits['MaxConnections'],
  maxPendingRequests: limits['MaxPendingRequests'],
});

function detectionOf(check: Fields = {}): object {
  const { MaxFailures, EnforcingConsecutive5xx, MaxEjectionPercent } = check;
  const intervalMs = durationMs(check['Interval']);
  const baseMs = durationMs(check['BaseEjectionTime']);
  return {
    // Enforcing none of a hundred means that failures are noted and nothing follows.
    ...(EnforcingConsecutive5xx === 0
      ? { consecutive5xxErrors: 0 }
      : typeof MaxFailures === 'number' && MaxFailures > 0
        ? { consecutive5xxErrors: MaxFailures }
        : {}),
    ...(intervalMs === null || intervalMs === 0 ? {} : { interval: `${intervalMs}ms` }),
    ...(baseMs === null || baseMs === 0 ? {} : { baseEjectionTime: `${baseMs}ms` }),
    ...(typeof MaxEjectionPercent === 'number' ? { maxEjectionPercent: MaxEjectionPercent } : {}),
  };
}
