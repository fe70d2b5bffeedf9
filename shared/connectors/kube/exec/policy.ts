import { parseDocument } from 'yaml';
import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';
import type { LoginProgram } from '../../../model/program.ts';
import { readSmallFile } from '../files.ts';
import { inDotKube } from '../places.ts';

const Kuberc = z.object({
  credentialPluginPolicy: z.string().nullish(),
  // The entry's key was `name` in the first version.
  credentialPluginAllowlist: z
    .array(z.object({ command: z.string().nullish(), name: z.string().nullish() }))
    .nullish(),
});

/**
 * Refuses what the user's own kuberc forbids kubectl to run: whoever denied all programs there meant Podium as well. What it
 * allows is still asked for. Throws `PeerError`.
 */
export async function refuseByKuberc(
  program: LoginProgram,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  if (env['KUBERC'] === 'off') return;
  const file = env['KUBERC'] || inDotKube('kuberc', env);
  let text: string;
  try {
    text = (await readSmallFile(file, 'The kuberc')).toString('utf8');
  } catch {
    return;
  }
  const policy = Kuberc.safeParse(valueOf(text));
  const refused = (why: string): PeerError =>
    new PeerError('refused', `The login program ${program.path} is not run: ${why} in ${file}.`);
  if (!policy.success) {
    if (/credentialPlugin/.test(text)) throw refused('the policy on login programs cannot be read');
    return;
  }
  const { credentialPluginPolicy: kind, credentialPluginAllowlist: list } = policy.data;
  if (kind === 'DenyAll') throw refused('credentialPluginPolicy is DenyAll');
  if (kind !== 'Allowlist') return;
  const named = (list ?? []).map(({ command, name }) => command ?? name);
  if (!named.includes(program.path) && !named.includes(program.command))
    throw refused('it is not on the credentialPluginAllowlist');
}

function valueOf(text: string): unknown {
  try {
    return parseDocument(text, { prettyErrors: false }).toJS({ maxAliasCount: 50 });
  } catch {
    return undefined;
  }
}
