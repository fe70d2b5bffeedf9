/** What Spring Boot answers instead of a value that it does not show (`show-values`). It is never a value. */
export const masked = '******';

const secretWords = /passw|passphrase|secret|token|credential|private/;
/** "api-key", "signingKey", "key"; not "keyboard", nor the monkey. */
const secretKey = /(^|[._-]|api|access|signing|encryption|master|shared)keys?$/;
/** One text that holds a whole configuration, secrets and all. */
const whole = /^(spring_application_json|spring\.application\.json|vcap_services|vcap\.services)/;

/** Whether a property is shown only when asked for: by its name, or because its value carries a login or a key. */
export function looksSecret(key: string, value: string | null): boolean {
  const name = key.toLowerCase();
  if (secretWords.test(name) || secretKey.test(name) || whole.test(name)) return true;
  return value !== null && (/:\/\/[^/\s:@]*:[^/\s@]+@/.test(value) || value.includes('-----BEGIN '));
}
