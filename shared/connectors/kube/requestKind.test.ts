import { expect, test } from 'vitest';
import { requestKindOf } from './requestKind.ts';

test.each([
  ['GET', '/version', 'read'],
  ['GET', '/api/v1/namespaces/shop/configmaps/proxy', 'read'],
  ['GET', '/api/v1/pods?limit=500', 'list'],
  ['GET', '/api/v1/pods?watch=true&resourceVersion=1', 'watch'],
  ['GET', '/api/v1/namespaces/shop/pods/a/log?follow=true&limitBytes=1', 'log'],
  ['GET', '/api/v1/namespaces/m/services/prometheus:9090/proxy/api/v1/query?query=up', 'proxied'],
  ['POST', '/api/v1/namespaces/m/services/prometheus:9090/proxy/api/v1/query', 'proxied'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'review'],
  ['PATCH', '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/payment?dryRun=All', 'write'],
  ['DELETE', '/api/v1/namespaces/shop/pods/a', 'write'],
] as const)('%s %s is told as %s', (method, path, kind) => {
  expect(requestKindOf({ method, path })).toBe(kind);
});
