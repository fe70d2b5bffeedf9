import type { EndingCertificate } from '../../model/certificate.ts';

/** Certificates that callers, operators and the peer itself rest on. */
export interface CertificateSource {
  /** All that can be read, whenever they end, and in words what could not. Keys are never kept. */
  read(signal: AbortSignal): Promise<{
    readonly certificates: readonly Omit<EndingCertificate, 'connectionId'>[];
    readonly problems: readonly string[];
  }>;
}
