import { sayCertificateError, type ShownCertificate } from './certificateError.ts';

/** Why no connection came about, in words with what to do. `shown`: what the server said of itself, where it came that far. */
export function sayConnectError(
  cause: unknown,
  server: string,
  shown: ShownCertificate | null = null,
): string {
  const code = codeOf(cause);
  const certificate = sayCertificateError(code, server, shown, Date.now());
  if (certificate !== null) return certificate;
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
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return sayTlsError(`${code} ${messageOf(cause)}`, server);
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_INVALID_HEADER_TOKEN':
      return `What answers at ${server} does not speak HTTP.`;
    default:
      return `No connection to ${server}: ${code ?? messageOf(cause)}.`;
  }
}

/** OpenSSL has a sentence for each of its troubles, and a number of Node's for only some. */
function sayTlsError(words: string, server: string): string {
  if (/protocol version|unsupported protocol|ALERT_PROTOCOL|UNSUPPORTED_PROTOCOL/i.test(words))
    return `${server} speaks only versions of TLS that are no longer safe (1.1 or older). Whoever runs it must let it speak TLS 1.2 or 1.3.`;
  if (/wrong version number|WRONG_VERSION|packet length too long|http request/i.test(words))
    return `What answers at ${server} does not speak TLS. If it is meant to be reached without, its address begins with http:, and everything travels unencrypted.`;
  return `${server} does not speak TLS as expected. Is it https or http?`;
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
