import { describe, expect, test } from 'vitest';
import type { DenialJudgement } from '../../shared/model/denial.ts';
import type { OpenCluster } from './cluster.ts';

/** A mesh whose service edge is called by order, with no policy but those of the suite. */
export interface DenialsUnderTest extends AsyncDisposable {
  readonly opened: OpenCluster;
  /** As somebody else would; throws on refusal. */
  call(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** What edge's own proxy answers to a request that nobody signed. */
  statusOf(path: string): Promise<number>;
}

const namespace = 'shop';
const policies = `/apis/security.istio.io/v1/namespaces/${namespace}/authorizationpolicies`;
const networks = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
const selector = { matchLabels: { app: 'edge' } };
const title = `AuthorizationPolicy ${namespace}/denials`;

const call = {
  callee: { namespace, name: 'edge', hosts: ['edge.shop.svc.cluster.local'] },
  caller: { namespace, name: 'order' },
  protocol: 'http' as const,
};

interface Case {
  readonly name: string;
  readonly spec: object;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly outcome: DenialJudgement['outcome'];
  readonly text: string;
  /** Whether the proxy refuses these. */
  readonly refuses: { readonly '/catalog': boolean; readonly '/nowhere': boolean };
}

const all = { '/catalog': true, '/nowhere': true };
const none = { '/catalog': false, '/nowhere': false };

const cases: readonly Case[] = [
  {
    name: 'a policy that denies everything is named',
    spec: { selector, action: 'DENY', rules: [{}] },
    outcome: 'denied',
    text: `Calls from order are denied by ${title} (DENY).`,
    refuses: all,
  },
  {
    name: 'a policy that admits others only is named, with whom it admits',
    spec: { selector, action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['elsewhere'] } }] }] },
    outcome: 'denied',
    text: `${title} admits only namespace elsewhere; order is not among them.`,
    refuses: all,
  },
  {
    name: 'a policy without rules admits nobody',
    spec: { selector },
    outcome: 'denied',
    text: `${title} admits nobody.`,
    refuses: all,
  },
  {
    name: 'what depends on the path is not decided without a request',
    spec: { selector, action: 'DENY', rules: [{ to: [{ operation: { paths: ['/catalog'] } }] }] },
    outcome: 'maybe',
    text: `Whether ${title} refuses order depends on the request.`,
    refuses: { '/catalog': true, '/nowhere': false },
  },
  {
    name: 'a 403 is not blamed on a policy that is about somebody else',
    spec: { selector, action: 'DENY', rules: [{ from: [{ source: { namespaces: ['elsewhere'] } }] }] },
    outcome: 'unruled',
    text: 'No AuthorizationPolicy that Podium knows of refuses order; a 403 may be the application’s own.',
    refuses: none,
  },
  {
    name: 'a trip that is held by a policy is told as such',
    spec: { selector, action: 'DENY', rules: [{}] },
    annotations: {
      'podium.dev/held': JSON.stringify([
        {
          operationId: 'o-1',
          host: 'edge.shop.svc.cluster.local',
          caller: null,
          mechanism: { kind: 'deny' },
          until: 4_102_444_800_000,
          since: null,
          by: 'ada',
          reason: '',
          routes: [],
        },
      ]),
    },
    outcome: 'denied',
    text: `Calls from order are denied by a trip that Podium holds (${title}).`,
    refuses: all,
  },
];

/** What every mesh does about policies, and what Podium says of them; held against the answers of the callee's own proxy. */
export function denialsConformance(name: string, open: () => Promise<DenialsUnderTest>): void {
  describe(`denied calls, on ${name}`, () => {
    test.each(cases)(
      '$name',
      async ({ spec, annotations = {}, outcome, text, refuses }) => {
        await using mesh = await open();
        const judge = () => mesh.opened.mesh.denials?.judge(call, AbortSignal.timeout(20_000));
        await mesh.call('POST', policies, {
          apiVersion: 'security.istio.io/v1',
          kind: 'AuthorizationPolicy',
          metadata: { name: 'denials', namespace, annotations },
          spec,
        });
        await expect.poll(judge, { timeout: 20_000 }).toMatchObject({ outcome, text });
        const named = (await judge())?.policies.map((one) => `${one.kind} ${one.namespace}/${one.name}`);
        expect(named).toEqual(outcome === 'unruled' ? [] : [title]);
        for (const [path, isRefused] of Object.entries(refuses))
          await expect
            .poll(async () => (await mesh.statusOf(path)) === 403, { timeout: 20_000, interval: 100 })
            .toBe(isRefused);
      },
      60_000,
    );

    test('NetworkPolicies are judged by labels, and the one that does not admit the caller is named', async () => {
      await using mesh = await open();
      const judge = () => mesh.opened.root.denials?.judge(call, AbortSignal.timeout(20_000));
      expect(await judge()).toMatchObject({ outcome: 'unruled', text: 'No NetworkPolicy is about edge.' });
      await mesh.call('POST', networks, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'denials', namespace },
        spec: {
          podSelector: selector,
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'till' } } }] }],
        },
      });
      expect(await judge()).toMatchObject({
        outcome: 'denied',
        text: 'NetworkPolicy shop/denials admits only from pods app=till; order is not among them.',
        policies: [{ kind: 'NetworkPolicy', namespace, name: 'denials', effect: 'doesNotAdmit' }],
      });
    }, 60_000);
  });
}

/** Takes away what a case left. */
export async function clearDenials(under: Pick<DenialsUnderTest, 'call'>): Promise<void> {
  for (const path of [policies, networks])
    await under.call('DELETE', `${path}/denials`).catch((error: unknown) => {
      if (!/404|not found/i.test(String(error))) throw error;
    });
}
