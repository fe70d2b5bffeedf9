import type { WebhookProof } from '../../model/webhook.ts';
import { Refusal } from '../refusal.ts';

const shortestSecret = 8;

/** Where messages may go: encrypted, or to this machine. Throws a `Refusal` that says what does not fit; it never repeats the address. */
export function checkAddress(address: string): URL {
  const url = URL.parse(address.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return refuse('That is no http or https address. It looks like https://hooks.example.com/podium.');
  if (url.username !== '' || url.password !== '')
    return refuse('The address carries a user name or a password. Give them as an Authorization header.');
  if (url.hash !== '') return refuse('The address has a part behind “#”, which no server is sent.');
  if (url.protocol === 'http:' && !isThisMachine(url.hostname))
    return refuse(
      'Without encryption only this machine is told (http://127.0.0.1…). Give an https address, or the proof and what is done here could be read on the way.',
    );
  return url;
}

/** Throws a `Refusal` for a secret that proves nothing, or that no header can carry. */
export function checkSecret(proof: WebhookProof, secret: string): void {
  if (proof === 'none') return;
  if (secret.length < shortestSecret)
    refuse(`The secret is too short: it takes ${shortestSecret} letters at least.`);
  if (proof === 'authorization' && !/^[\x20-\x7e]+$/.test(secret))
    refuse('The Authorization header holds letters that no header can carry.');
}

const isThisMachine = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

function refuse(why: string): never {
  throw new Refusal('REFUSED', `The webhook was not set. ${why}`);
}
