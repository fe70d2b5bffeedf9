/** How a stream is doing: fine since, or in trouble since, with the reason in words. */
export type SourceHealth =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly at: number; readonly error: string };

/** A service as sources are asked about it. */
export interface ServiceKey {
  readonly namespace: string | null;
  readonly name: string;
  readonly hosts: readonly string[];
}
