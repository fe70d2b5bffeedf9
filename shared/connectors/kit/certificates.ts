import type { EndingCertificate } from '../../model/certificate.ts';

/** A certificate as a system tells of it. */
export interface FoundCertificate extends Omit<EndingCertificate, 'connectionId' | 'serviceIds'> {
  /** Whose callers meet it, by namespace and name; empty where it is of no single service. */
  readonly services: readonly { readonly namespace: string; readonly name: string }[];
}

/** Certificates that callers, operators and the peer itself rest on. */
export interface CertificateSource {
  /** All that can be read, whenever they end, and in words what could not. Keys are never kept. */
  read(signal: AbortSignal): Promise<{
    readonly certificates: readonly FoundCertificate[];
    readonly problems: readonly string[];
  }>;
}
