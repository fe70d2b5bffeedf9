import * as tls from 'node:tls';

let known: readonly string[] | null = null;

/**
 * Everybody whose signature counts where no certificate authority was named: those that come with the runtime, and those of the
 * operating system, where companies put their own.
 */
export function trustedAuthorities(): readonly string[] {
  known ??= [...new Set([...tls.getCACertificates('default'), ...ofTheSystem()])];
  return known;
}

/** A store that cannot be read takes away nothing that others vouch for. */
function ofTheSystem(): readonly string[] {
  try {
    return tls.getCACertificates('system');
  } catch {
    return [];
  }
}

/** One for all connections: reading a few hundred certificates takes longer than a handshake. */
export function trustingContext(
  identity: { readonly cert: Buffer; readonly key: Buffer } | null,
): tls.SecureContext {
  return tls.createSecureContext({ ca: [...trustedAuthorities()], ...identity });
}
