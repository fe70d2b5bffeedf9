import { PeerError } from '../kit/peerError.ts';
import { readSmallFile } from './files.ts';

/** What a kubeconfig holds as data or in a file, in PEM form; null for neither. Throws `PeerError`. */
export async function readMaterial(
  path: string | undefined,
  data: string | undefined,
  what: string,
): Promise<Buffer | null> {
  // As kubectl: data wins over a file.
  const pem = data ? Buffer.from(data, 'base64') : path ? await readNamedFile(path, what) : null;
  if (pem !== null && !pem.includes('-----BEGIN '))
    throw new PeerError('refused', `${what}${path ? ` ${path}` : ''} is not in PEM form.`);
  return pem;
}

/** A small file that a kubeconfig names. Throws `PeerError`. */
export async function readNamedFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readSmallFile(path, what);
  } catch (error) {
    throw new PeerError('refused', `${error instanceof Error ? error.message : String(error)}.`);
  }
}
