import { meshResources } from '../../shared/connectors/istio/resources.ts';
import type { Resource } from '../../shared/connectors/kube/resources.ts';

/** A custom resource, which can be taken away while it is watched. */
export const serviceEntriesOf = (version: string): Resource => meshResources(version).serviceEntries;
