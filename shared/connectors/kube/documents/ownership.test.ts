import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { ownershipOf } from './ownership.ts';

const document = (metadata: Record<string, unknown>): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'payment', namespace: 'shop', uid: 'u1', resourceVersion: '7', ...metadata },
});
const instance = { 'app.kubernetes.io/instance': 'shop' };

test('M07 the instance label alone, which Helm charts set, makes a document nobody’s', () => {
  expect(ownershipOf(document({ labels: instance }), [])).toBeNull();
  const labels = { ...instance, 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'shop-1.4.0' };
  expect(ownershipOf(document({ labels }), [])).toBeNull();
});

test('M07 beside the instance label, the mark that Helm or Argo CD leaves decides whose a document is', () => {
  const helm = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'shop' };
  expect(ownershipOf(document({ labels: instance, annotations: helm }), [])).toMatchObject({
    owner: 'helm',
    name: 'shop',
  });
  const argo = { 'argocd.argoproj.io/tracking-id': 'store:networking.istio.io/VirtualService:shop/payment' };
  expect(ownershipOf(document({ labels: instance, annotations: { ...helm, ...argo } }), [])).toMatchObject({
    owner: 'argo-cd',
    name: 'store',
  });
});

test('a Rollout leads the HTTPRoute of the Gateway API, not the one of Linkerd that is named alike', () => {
  const route = { kind: 'HTTPRoute', namespace: 'shop', name: 'payment' };
  const claim = { rollout: 'payment', namespace: 'shop', virtualServices: [], routes: [route] };
  const of = (apiVersion: string) =>
    ownershipOf({ ...document({}), apiVersion, kind: 'HTTPRoute' }, [claim])?.owner ?? null;
  expect(of('gateway.networking.k8s.io/v1')).toBe('argo-rollouts');
  expect(of('policy.linkerd.io/v1beta3')).toBeNull();
});
