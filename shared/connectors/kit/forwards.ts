import type { NamespacedName } from '../../model/topology.ts';

/** Bytes both ways. Closing `writable` says that this side has no more to say; cancelling either breaks it off. */
export interface ByteStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Reaches ports of instances, as if one stood beside them. */
export interface ForwardSource {
  /** Whether these credentials may, there; null where the peer does not say. */
  allowed(namespace: string, signal: AbortSignal): Promise<boolean | null>;
  /** Ports that an instance's containers declare. */
  ports(
    instance: NamespacedName,
    signal: AbortSignal,
  ): Promise<readonly { readonly port: number; readonly name: string }[]>;
  /** One connection to it. Throws `PeerError`, also where exactly this instance is there no more. */
  open(
    instance: NamespacedName & { readonly uid: string },
    port: number,
    signal: AbortSignal,
  ): Promise<ByteStream>;
}
