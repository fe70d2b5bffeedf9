import { describe, expect, test } from 'vitest';
import type { CertificateSource } from '../../shared/connectors/kit/certificates.ts';

/** Of shop.example.com, signed by itself; it ends on 1 December 2026 at 21:24:28 UTC. */
export const shopCertificate = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIULp1QJxYsP3gI4t1QA0pFYPZjJHEwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjIyMTI0MjhaFw0y
NjEyMDEyMTI0MjhaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARHCNwpr8ay/0Pg+k4y6ZvA5312fo/k0VV6PqGL
fdGpJ19eNW7diSIg5wA+wawh1a6VEncnrcwYOJkwEwKiukRKo1MwUTAdBgNVHQ4E
FgQUATRAiKsonsT+OoXdvDQQ1fwXLk4wHwYDVR0jBBgwFoAUATRAiKsonsT+OoXd
vDQQ1fwXLk4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAyc31
+SPP90TPmpEk6CrnWl0Uazf5/JUAOpYBWjGe+20CICzWUWQEn9VO3PVOc4niTLVF
if6zWTC9WSMapGcp+kpD
-----END CERTIFICATE-----
`;
export const shopEndsAt = Date.UTC(2026, 11, 1, 21, 24, 28);

/** A cluster that was given an Ingress, a webhook checked by `shopCertificate`, and a mesh. */
export interface CertificatesUnderTest extends AsyncDisposable {
  readonly certificates: CertificateSource;
  /** The Secret of the Ingress, which no cert-manager looks after. */
  readonly secret: string;
  /** Name of the webhook. */
  readonly webhook: string;
  /** Whether it is reached by TLS, as a user with a certificate, and its mesh has a root of its own: else that is `shopCertificate`. */
  readonly isSecured: boolean;
}

export function certificatesConformance(name: string, open: () => Promise<CertificatesUnderTest>): void {
  describe(`certificates of ${name}`, () => {
    test('are read without a Secret, and what stands in one is said not to be known', async () => {
      await using cluster = await open();
      const read = await cluster.certificates.read(AbortSignal.timeout(20_000));
      expect(read.certificates).toContainEqual({
        kind: 'webhook',
        where: `validating webhook ${cluster.webhook}`,
        subject: 'shop.example.com',
        usedBy: null,
        endsAt: shopEndsAt,
      });
      const root = read.certificates.find(({ kind }) => kind === 'meshRoot');
      if (cluster.isSecured) expect(root?.endsAt).toBeGreaterThan(Date.now());
      else expect(root).toMatchObject({ subject: 'shop.example.com', endsAt: shopEndsAt });
      expect(read.problems).toEqual([expect.stringMatching(/no cert-manager looks after them/)]);
      expect(read.problems[0]).toContain(cluster.secret);
      const own = read.certificates.find(({ kind }) => kind === 'user');
      expect(own === undefined).toBe(!cluster.isSecured);
      if (own !== undefined) expect(own.endsAt).toBeGreaterThan(Date.now());
    });
  });
}
