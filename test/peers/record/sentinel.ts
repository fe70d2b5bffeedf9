import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { commandUrl, type SentinelPeer, sentinelInstances, serviceUrl } from '../start/sentinel.ts';
import type { Recorder, RecordedResponse } from './recorder.ts';

/** What a command centre answers: figures, rules of every type, refusals, and what it says where it only seems to obey. */
export async function recordSentinel(recorder: Recorder, peer: SentinelPeer): Promise<void> {
  const [, first, second] = sentinelInstances;
  const at = { url: commandUrl(first), user: 'anyone' };
  const get = (name: string, path: string) => recorder.record(name, at, { path });
  const set = (name: string, form: Record<string, unknown>, asker = at, command = 'setRules') =>
    setRules(recorder, name, asker, form, command);
  const order = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await fetch(`${serviceUrl(first)}/order`);
  };

  await order(12);
  await fetch(`${serviceUrl(first)}/stock`);
  await pause(1_100);
  await order(5);
  const began = Date.now() - 30_000;
  await get('api', '/api');
  await get('version', '/version');
  await get('basic-info', '/basicInfo');
  await get('switch', '/getSwitch');
  await get('cluster-node', '/clusterNode');
  await get('cluster-node-by-id', '/clusterNodeById?id=payment');
  await get('cnode', '/cnode?id=payment');
  await get('tree', '/jsonTree');
  await get('origin', '/origin?id=/order');
  await get('system-status', '/systemStatus');
  for (const type of ['flow', 'degrade', 'system', 'authority'])
    await get(`rules-${type}-none`, `/getRules?type=${type}`);
  await get('rules-unknown-type', '/getRules?type=nonsense');
  await get('rules-param-flow-wrong', '/getRules?type=paramFlow');
  await get('rules-param-flow-none', '/getParamFlowRules');

  // A marker of ours where Sentinel reads nothing, a number that JavaScript rounds, and a field that Sentinel does not know.
  await set('set-flow', {
    type: 'flow',
    data: [
      { resource: '/order', count: 20, id: '9007199254740993', unknown: 7 },
      { resource: 'payment', count: 0, refResource: 'podium.dev/held {"operationId":"op 1 & é"}' },
    ],
  });
  await get('rules-flow', '/getRules?type=flow');
  await recorder.record('call-blocked', { url: serviceUrl(first), user: 'customer' }, { path: '/order' });
  await get('cluster-node-blocked', '/clusterNode');
  await set('set-flow-none', { type: 'flow', data: [] });
  await get('rules-flow-after', '/getRules?type=flow');
  await set('set-flow-invalid', {
    type: 'flow',
    data: [
      { resource: '', count: 5 },
      { resource: '/order', count: -5 },
    ],
  });
  await get('rules-flow-invalid', '/getRules?type=flow');
  await set('set-flow-no-json', { type: 'flow', data: 'no json' });
  await set('set-unknown-type', { type: 'nonsense', data: [] });
  await set('set-without-data', { type: 'flow' });
  await set('set-degrade', {
    type: 'degrade',
    data: [
      {
        resource: 'payment',
        grade: 0,
        count: 200,
        timeWindow: 10,
        slowRatioThreshold: 0.5,
        statIntervalMs: 1000,
      },
      { resource: '/order', grade: 1, count: 0.5, timeWindow: 10 },
    ],
  });
  await get('rules-degrade', '/getRules?type=degrade');
  await set('set-system', { type: 'system', data: [{ qps: 1000, avgRt: 500 }] });
  await get('rules-system', '/getRules?type=system');
  await set('set-authority', {
    type: 'authority',
    data: [{ resource: '/order', limitApp: 'evil', strategy: 1 }],
  });
  await get('rules-authority', '/getRules?type=authority');
  await set(
    'set-param-flow',
    { data: [{ resource: '/order', paramIdx: 0, count: 100 }] },
    at,
    'setParamFlowRules',
  );
  await get('rules-param-flow', '/getParamFlowRules');
  await recorder.record('set-json-body', at, {
    method: 'POST',
    path: '/setRules?type=flow',
    body: { type: 'flow', data: '[]' },
  });
  await get('set-by-get', '/setRules?type=flow&data=%5B%5D');
  await get('switch-off', '/setSwitch?value=false');
  await get('switch-is-off', '/getSwitch');
  // Whatever is not "true" switches it off.
  await get('switch-nonsense', '/setSwitch?value=nonsense');
  await get('switch-on', '/setSwitch?value=true');
  await get('unknown-command', '/nonsense');
  await get('no-command', '/');
  await pause(2_000);
  await get('metric', `/metric?startTime=${began}&endTime=${Date.now()}`);

  const file = { url: commandUrl(second), user: 'anyone' };
  await set('set-flow-kept', { type: 'flow', data: [{ resource: 'payment', count: 50 }] }, file);
  await rm(peer.rulesFolder, { recursive: true, force: true });
  await set('set-flow-memory-only', { type: 'flow', data: [{ resource: 'payment', count: 5 }] }, file);
  await recorder.record('rules-flow-memory-only', file, { path: '/getRules?type=flow' });
}

function setRules(
  recorder: Recorder,
  name: string,
  asker: { readonly url: string; readonly user: string },
  form: Record<string, unknown>,
  command: string,
): Promise<RecordedResponse> {
  const fields = Object.entries(form).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return recorder.record(name, asker, {
    method: 'POST',
    path: `/${command}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(Object.fromEntries(fields) as Record<string, string>).toString(),
  });
}
