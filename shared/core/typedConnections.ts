import { z } from 'zod';
import type { Connector } from '../connectors/kit/connector.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import {
  FormField,
  type Candidate,
  type ConnectionForm,
  type RememberedConnection,
  type TypedConnection,
} from '../model/connection.ts';
import type { Environment } from '../model/entity.ts';
import type { Vault } from './ports.ts';
import { Refusal } from './refusal.ts';
import type { SettingsKeeper } from './settings.ts';

/** Connections that are opened by what the operator types. Secrets stay in memory, or in the vault, bound to where they were sent first. */
export interface TypedConnections {
  forms(): ConnectionForm[];
  /** Those opened before, newest first. */
  candidates(environmentOf: (title: string) => Environment): Candidate[];
  /** What to open. Throws a `Refusal` that names the field which does not fit. */
  read(typed: TypedConnection): OpenableConnection;
  remember(typed: TypedConnection): Promise<void>;
  /** Takes from the vault what is not in memory; true when it found something. */
  recall(): Promise<boolean>;
  forget(title: string): Promise<void>;
}

/** A connection that can be opened now. */
export interface OpenableConnection {
  readonly connector: Connector<unknown>;
  readonly title: string;
  readonly settings: unknown;
  readonly warnings: readonly string[];
}

const KeptSecrets = z.object({
  connector: z.string(),
  /** Where they were meant to go. */
  destination: z.string(),
  values: z.record(z.string(), z.string()),
});
type KeptSecrets = z.infer<typeof KeptSecrets>;

const atMost = 100;
const inVault = (title: string): string => `connection:${title}`;

export function createTypedConnections(
  connectors: readonly Connector<unknown>[],
  settings: SettingsKeeper,
  vault: Vault,
): TypedConnections {
  const forms = new Map(
    connectors.flatMap((connector) => {
      const form = formOf(connector);
      return form === null ? [] : [[connector.id, { connector, form }] as const];
    }),
  );
  const kept = new Map<string, KeptSecrets>();
  let recalling: Promise<boolean> | null = null;

  function known(id: string): { readonly connector: Connector<unknown>; readonly form: ConnectionForm } {
    const found = forms.get(id);
    if (found === undefined) throw new Refusal('REFUSED', `This Podium cannot open ${id} by an address.`);
    return found;
  }

  /** What was typed now, and of what was left out the secrets that were given for the same place before. */
  function completed(typed: TypedConnection, form: ConnectionForm): Record<string, string> {
    const before = kept.get(typed.title);
    const isSame =
      before?.connector === typed.connector && before.destination === destinationOf(typed.values, form);
    return { ...(isSame ? before.values : {}), ...filled(typed.values, form) };
  }

  /** Side by side: a keyring that does not answer is waited for once, not once for each. */
  async function recallAll(): Promise<boolean> {
    const missing = settings.current.remembered.filter(
      ({ title, keep }) => keep === true && !kept.has(title),
    );
    const found = await Promise.all(
      missing.map(async ({ title }) => {
        const secrets = readSecrets(await vault.read(inVault(title)));
        // Typed meanwhile, they are newer.
        if (secrets === null || kept.has(title)) return false;
        kept.set(title, secrets);
        return true;
      }),
    );
    return found.includes(true);
  }

  return {
    forms: () => [...forms.values()].map(({ form }) => form),
    candidates: (environmentOf) =>
      settings.current.remembered.flatMap((typed) => {
        const found = forms.get(typed.connector);
        if (found === undefined) return [];
        const secrets = completed(typed, found.form);
        return {
          connector: typed.connector,
          key: `typed:${typed.title}`,
          title: typed.title,
          detail: `${found.connector.title} at ${typed.values['address'] ?? 'the address you gave'}`,
          environment: environmentOf(typed.title),
          current: false,
          problem: null,
          warnings: [],
          typed: { ...typed, secrets: typed.secrets.filter((name) => secrets[name] === undefined) },
        };
      }),
    read(typed) {
      const { connector, form } = known(typed.connector);
      const other = settings.current.remembered.find(({ title }) => title === typed.title)?.connector;
      if (other !== undefined && other !== typed.connector)
        throw new Refusal('REFUSED', `Another system is called ${typed.title} already. Give another name.`);
      const parsed = parse(connector, completed(typed, form));
      if (parsed?.success !== true) throw new Refusal('REFUSED', sayMisfit(parsed?.error, form));
      return { connector, title: typed.title, settings: parsed.data, warnings: [] };
    },
    async remember(typed) {
      const { form } = known(typed.connector);
      const values = completed(typed, form);
      const secret = Object.entries(values).filter(([name]) => isSecret(form, name));
      const secrets: KeptSecrets = {
        connector: typed.connector,
        destination: destinationOf(values, form),
        values: Object.fromEntries(secret),
      };
      const before = settings.current.remembered.find(({ title }) => title === typed.title);
      const isSame =
        before?.connector === typed.connector && destinationOf(before.values, form) === secrets.destination;
      // Who says nothing about it means it as before; for another place it was never said.
      const wasKept = isSame && before.keep === true;
      const keep = typed.keep ?? wasKept;
      // A keyring that was not unlocked yet still holds them.
      const isUnread = keep && wasKept && secret.length === 0 && !kept.has(typed.title);
      if (!isUnread) {
        kept.set(typed.title, secrets);
        if (keep && secret.length > 0) await vault.put(inVault(typed.title), JSON.stringify(secrets));
        else await vault.forget(inVault(typed.title));
      }
      const entry: RememberedConnection = {
        connector: typed.connector,
        title: typed.title,
        values: Object.fromEntries(Object.entries(values).filter(([name]) => !isSecret(form, name))),
        secrets: isUnread ? before.secrets : secret.map(([name]) => name),
        ...(keep && { keep: true }),
      };
      const tooMany = settings.current.remembered.filter(({ title }) => title !== typed.title);
      for (const { title } of tooMany.slice(atMost - 1)) await vault.forget(inVault(title));
      await settings.write(({ remembered }) => ({
        remembered: [entry, ...remembered.filter(({ title }) => title !== typed.title)].slice(0, atMost),
      }));
    },
    recall() {
      recalling ??= recallAll().finally(() => {
        recalling = null;
      });
      return recalling;
    },
    async forget(title) {
      kept.delete(title);
      await vault.forget(inVault(title));
      await settings.write(({ remembered }) => ({
        remembered: remembered.filter((one) => one.title !== title),
      }));
    },
  };
}

/** What another Podium put there in a shape that this one does not know is as good as nothing. */
function readSecrets(text: string | null): KeptSecrets | null {
  if (text === null) return null;
  try {
    return KeptSecrets.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What a field's own reader throws (a range of addresses that is none) is said as it is. */
function parse({ form }: Connector<unknown>, values: Readonly<Record<string, string>>) {
  try {
    return form?.safeParse(values);
  } catch (thrown) {
    throw new Refusal('REFUSED', sayError(thrown, 'Reading what was typed'));
  }
}

/** Fields that the form has and the operator filled. */
function filled(values: Readonly<Record<string, string>>, form: ConnectionForm): Record<string, string> {
  const given = form.fields.map(({ name }) => [name, values[name]?.trim() ?? ''] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

const isSecret = (form: ConnectionForm, name: string): boolean =>
  form.fields.some((field) => field.name === name && field.kind.startsWith('secret'));

/** Scheme, host and port of every address: a secret given for one place is never sent to another. */
function destinationOf(values: Readonly<Record<string, string>>, form: ConnectionForm): string {
  const addresses = form.fields.filter(({ kind }) => kind === 'address');
  return JSON.stringify(
    addresses.map(({ name }) => {
      const value = values[name]?.trim() ?? '';
      return URL.parse(value)?.origin ?? value;
    }),
  );
}

const Properties = z.object({
  required: z.array(z.string()).default([]),
  properties: z.record(
    z.string(),
    z.object({
      title: z.string(),
      description: z.string().optional(),
      examples: z.array(z.string()).default([]),
      kind: FormField.shape.kind.default('text'),
    }),
  ),
});

function formOf(connector: Connector<unknown>): ConnectionForm | null {
  if (connector.form === undefined) return null;
  const { properties, required } = Properties.parse(z.toJSONSchema(connector.form, { io: 'input' }));
  return {
    connector: connector.id,
    title: connector.title,
    caveat: connector.caveat ?? null,
    fields: Object.entries(properties).map(([name, { title, description, examples, kind }]) => ({
      name,
      label: title,
      note: description ?? null,
      placeholder: examples[0] ?? null,
      kind,
      required: required.includes(name),
    })),
  };
}

/** Names the field and what is wrong; never repeats what was typed, for it may be a secret. */
function sayMisfit(error: z.ZodError | undefined, form: ConnectionForm): string {
  const issue = error?.issues[0];
  const field = form.fields.find(({ name }) => name === issue?.path[0]);
  if (issue === undefined || field === undefined) return 'What was typed does not fit.';
  const isMissing = issue.code === 'invalid_type';
  return isMissing ? `${field.label} is missing.` : `${field.label}: ${issue.message}`;
}
