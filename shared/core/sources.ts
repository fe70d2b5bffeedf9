import type { Session, SourceHealth } from '../connectors/kit/connector.ts';
import type { SourceState } from '../model/connection.ts';

/** After this long without an answer a source is called stale. */
export const staleAfterMs = 30_000;

/** One system behind a connection while it is open, with what is known of its health. */
export interface Source {
  readonly id: string;
  readonly connector: string;
  readonly title: string;
  readonly session: Session;
  readonly detail: string;
  readonly consequence: string;
  lastAnswerAt: number | null;
  /** Trouble by stream name; empty when all is well. */
  readonly troubles: Map<string, string>;
}

/** Takes down what one stream of a source says about itself. */
export function noteHealth(source: Source, stream: string, health: SourceHealth): void {
  if (health.ok) {
    source.lastAnswerAt = Math.max(source.lastAnswerAt ?? 0, health.at);
    source.troubles.delete(stream);
    return;
  }
  source.troubles.set(stream, health.error);
}

/** A source as the Sources screen shows it. A stream in trouble makes it failing only when nothing else of it answers. */
export function describeSource(source: Source, now: number): SourceState {
  const error = [...source.troubles.values()][0] ?? null;
  const old = source.lastAnswerAt !== null && now - source.lastAnswerAt > staleAfterMs;
  let state: SourceState['state'] = 'live';
  if (source.lastAnswerAt === null) state = error === null ? 'connecting' : 'failing';
  else if (error !== null) state = old ? 'failing' : 'stale';
  return {
    id: source.id,
    connector: source.connector,
    title: source.title,
    state,
    detail: source.detail,
    consequence: source.consequence,
    lastAnswerAt: source.lastAnswerAt,
    error,
  };
}
