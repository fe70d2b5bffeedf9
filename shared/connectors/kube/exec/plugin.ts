import { z } from 'zod';

/** A user's `exec` as written; what is wrong with it is said by `readPlugin`. */
export const Exec = z.object({
  apiVersion: z.string().nullish(),
  command: z.string().nullish(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string().nullish() })).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: z.string().nullish(),
});

/** A program to log in with, as the kubeconfig describes it. */
export interface ExecPlugin {
  /** "client.authentication.k8s.io/v1", which its answer must bear too. */
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** What the kubeconfig's author says to do where it is missing. */
  readonly installHint: string | null;
  readonly provideClusterInfo: boolean;
  /** The kubeconfig that names it: relative paths begin beside it. Null for pasted text. */
  readonly kubeconfig: string | null;
}

const group = 'client.authentication.k8s.io';

/** The program, or why Podium cannot run it. */
export function readPlugin(exec: z.infer<typeof Exec>, kubeconfig: string | null): ExecPlugin | string {
  const { apiVersion, command, interactiveMode } = exec;
  if (!command) return 'It logs in by a program (exec) and does not name it.';
  if (apiVersion !== `${group}/v1` && apiVersion !== `${group}/v1beta1`)
    return `Its login program ${command} speaks ${apiVersion || 'no version'}, and Podium speaks ${group}/v1 and v1beta1. Write the kubeconfig anew with your provider’s tool.`;
  if (interactiveMode === 'Always')
    return `Its login program ${command} insists on a terminal (interactiveMode Always), and Podium has none to give. Use a context with a token or a client certificate.`;
  if (interactiveMode ? !/^(IfAvailable|Never)$/.test(interactiveMode) : apiVersion === `${group}/v1`)
    return `Its login program ${command} does not say whether it wants a terminal (interactiveMode), which ${group}/v1 demands. Set it to IfAvailable or Never.`;
  return {
    apiVersion,
    command,
    args: exec.args ?? [],
    env: (exec.env ?? []).map(({ name, value }) => ({ name, value: value ?? '' })),
    installHint: exec.installHint || null,
    provideClusterInfo: exec.provideClusterInfo ?? false,
    kubeconfig,
  };
}
