/** Why no connection came about, in words with what to do. */
export function sayConnectError(cause: unknown, server: string): string {
  const code = codeOf(cause);
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${server} (connection refused). Is it running, and is this its address?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name of ${server} is not known (DNS). Are you on the right network or VPN?`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `${server} cannot be reached from here (${code}). Are you on the right network or VPN?`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${server} closed the connection before the request was sent.`;
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${server} has expired. Whoever runs it must renew it.`;
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${server} is not valid yet. Is this computer’s clock right?`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of ${server} is for another name. Check the address, or give the name that the certificate bears (tls-server-name).`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return `The certificate of ${server} is not signed by an authority that is trusted here. Is the certificate authority that was given for it right, or does something stand in between?`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return `${server} does not speak TLS as expected. Is it https or http?`;
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_INVALID_HEADER_TOKEN':
      return `What answers at ${server} does not speak HTTP.`;
    default:
      return `No connection to ${server}: ${code ?? messageOf(cause)}.`;
  }
}

// A failed attempt at several addresses comes as an AggregateError whose parts have the code.
function codeOf(cause: unknown): string | null {
  if (typeof cause !== 'object' || cause === null) return null;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  if (cause instanceof AggregateError) return codeOf(cause.errors[0]);
  return cause instanceof Error ? codeOf(cause.cause) : null;
}

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).slice(0, 200);
