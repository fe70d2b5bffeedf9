import type { ConnectionState } from '../../shared/model/connection.ts';
import type { GraphService } from '../../shared/model/graph.ts';
import type { Provenance } from '../../shared/model/signals.ts';
import { plainText } from '../ui/plainText.ts';

// What peers name and say is made safe to draw where it enters the window, so that no screen can forget it. Ids, and what
// is looked up by (versions, titles of connections), stay as they are.

/** Longer than any name that helps. */
const longestName = 120;
/** As long as the console lets an error of a peer become. */
const longestSentence = 600;

/** A service whose name, namespace and owner can be drawn anywhere. */
export function plainService(service: GraphService): GraphService {
  const { name, namespace, owner } = service;
  return { ...service, name: plainName(name), namespace: plainName(namespace), owner: plainName(owner) };
}

/** A connection with what its peers call themselves and what they said. */
export function plainConnection(connection: ConnectionState): ConnectionState {
  const { peer, user, error, warnings, cautions, sources } = connection;
  return {
    ...connection,
    peer: peer && { product: plainName(peer.product), version: plainName(peer.version) },
    user: plainName(user),
    error: plainSentence(error),
    warnings: warnings.map(plainSentence),
    cautions: cautions.map(({ short, says }) => ({
      short: plainText(short, 40),
      says: plainSentence(says),
    })),
    sources: sources.map((source) => ({
      ...source,
      title: plainName(source.title),
      detail: plainSentence(source.detail),
      error: plainSentence(source.error),
    })),
  };
}

/** Where figures come from, with what their source said is missing. */
export function plainProvenance(provenance: Provenance): Provenance {
  const { source, problems } = provenance;
  return { ...provenance, source: plainName(source), problems: problems.map(plainSentence) };
}

export function plainName<T extends string | null>(text: T): T | string {
  return text === null ? text : plainText(text, longestName);
}

/** A sentence of a peer. */
export function plainSentence<T extends string | null>(text: T): T | string {
  return text === null ? text : plainText(text, longestSentence);
}
