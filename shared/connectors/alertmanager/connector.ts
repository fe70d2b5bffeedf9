import { z } from 'zod';
import { createOriginTransport } from '../http/originTransport.ts';
import type { Connector, ConnectorHost, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import { createAlertSource } from './alerts.ts';
import { createApi } from './api.ts';
import { type AlertmanagerSettings, Form, Settings } from './settings.ts';
import { createSilences } from './silences.ts';

const statusShape = z.object({ versionInfo: z.object({ version: z.string() }) });

/** Alertmanager: what fires, and silences. Found in a cluster as Prometheus is, or opened by its address. */
export const alertmanager: Connector<AlertmanagerSettings> = {
  id: 'alertmanager',
  title: 'Alertmanager',
  capabilities: ['alerts', 'silences'],
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: AlertmanagerSettings, host: ConnectorHost): Promise<Session> {
  const { transport, close } = await reach(settings, host);
  try {
    const api = createApi(transport, host.clock);
    const status = statusShape.safeParse(await api.status(AbortSignal.timeout(30_000))).data;
    if (status === undefined)
      throw new PeerError(
        'notThePeer',
        `What answers ${transport.route} is not Alertmanager: its status has no version.`,
      );
    const version = status.versionInfo.version.slice(0, 60);
    const short = /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;
    return {
      peer: { product: 'Alertmanager', version },
      server: transport.route.replace(/^at /, ''),
      user: null,
      permissions: [],
      warnings: warningsOf(settings),
      namespaces: null,
      alerts: createAlertSource(api, `Alertmanager ${short}`.trim()),
      silences: createSilences(api, host),
      [Symbol.asyncDispose]() {
        close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function reach(
  { address, headers, authority }: AlertmanagerSettings,
  host: ConnectorHost,
): Promise<{ readonly transport: Transport; close(): void }> {
  const { transport: lent } = host.lent;
  if (lent !== undefined) return { transport: lent, close: () => undefined };
  if (address === null) throw new PeerError('refused', 'Give the address of Alertmanager.');
  const own = await createOriginTransport(
    { address, headers, ...(authority === undefined ? {} : { authority }) },
    host,
  );
  return { transport: own, close: () => own.close() };
}

function warningsOf({ address, headers }: AlertmanagerSettings): string[] {
  if (address === null || headers.length === 0) return [];
  const plain = address.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(address);
  return plain ? ['The headers travel unencrypted: the address is http and not this computer.'] : [];
}
