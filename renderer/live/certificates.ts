import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { cannotWait } from '../../shared/analysis/certificateEnd.ts';
import type { EndingCertificate } from '../../shared/model/certificate.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import { useFindingStore } from './findings.ts';

/** Certificates near their end whose callers are those of a service, the first to end first. */
export function useCertificatesOf(serviceId: EntityId): readonly EndingCertificate[] {
  return useFindingStore(
    useShallow(({ found }) =>
      (found?.certificates ?? []).filter(({ serviceIds }) => serviceIds.includes(serviceId)),
    ),
  );
}

/** The one of a service that ends first; null where none is near its end. */
export function useFirstToEnd(serviceId: EntityId): EndingCertificate | null {
  return useFindingStore(
    ({ found }) => found?.certificates.find(({ serviceIds }) => serviceIds.includes(serviceId)) ?? null,
  );
}

/** A service with certificates near their end; null stands for those of no service here. */
export interface EndingService {
  readonly serviceId: EntityId | null;
  /** The first to end, after those that cannot wait. */
  readonly first: EndingCertificate;
  readonly count: number;
}

/** Services with certificates near their end, whose ends first before others. */
export function useEndingServices(now: number): readonly EndingService[] {
  const found = useFindingStore((state) => state.found);
  return useMemo(() => endingServices(found?.certificates ?? [], now), [found, now]);
}

export function endingServices(certificates: readonly EndingCertificate[], now: number): EndingService[] {
  const services = new Map<EntityId | null, EndingService>();
  const waits = (certificate: EndingCertificate): number => Number(!cannotWait(certificate, now));
  for (const first of certificates.toSorted((a, b) => waits(a) - waits(b))) {
    for (const serviceId of first.serviceIds.length === 0 ? [null] : first.serviceIds) {
      const known = services.get(serviceId);
      services.set(serviceId, {
        serviceId,
        first: known?.first ?? first,
        count: (known?.count ?? 0) + 1,
      });
    }
  }
  return [...services.values()];
}
