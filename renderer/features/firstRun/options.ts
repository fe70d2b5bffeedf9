import type { OpenOptions } from '../../../shared/model/connection.ts';

/** What the operator typed, as typed. */
export interface OptionsDraft {
  readonly namespaces: string;
  readonly prometheusUrl: string;
  /** One "Name: value" a line. */
  readonly prometheusHeaders: string;
}

export const emptyOptions: OptionsDraft = { namespaces: '', prometheusUrl: '', prometheusHeaders: '' };

const namespaceName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What is wrong with what was typed, in words; null when nothing is. */
export function optionsProblem(draft: OptionsDraft): string | null {
  const wrong = namesIn(draft.namespaces).find((name) => !namespaceName.test(name));
  if (wrong !== undefined) {
    return `“${wrong}” cannot be the name of a namespace: small letters, digits and dashes only.`;
  }
  const url = draft.prometheusUrl.trim();
  const headers = linesIn(draft.prometheusHeaders);
  if (url === '')
    return headers.length === 0 ? null : 'Headers are given, but no Prometheus URL to send them to.';
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    return `“${url}” is not a URL: give http:// or https://, a host and, if needed, a port and a path.`;
  }
  const headless = headers.find((line) => line.indexOf(':') < 1);
  // The line itself may hold a token and is not repeated.
  return headless === undefined ? null : 'A header needs a name and a value: “Authorization: Bearer …”.';
}

/** What the console is asked, from what was typed. */
export function optionsOf(draft: OptionsDraft): OpenOptions {
  const namespaces = namesIn(draft.namespaces);
  const url = draft.prometheusUrl.trim();
  const headers = linesIn(draft.prometheusHeaders).map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
  });
  return {
    ...(namespaces.length > 0 && { namespaces }),
    ...(url !== '' && { prometheus: { url, headers } }),
  };
}

function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
