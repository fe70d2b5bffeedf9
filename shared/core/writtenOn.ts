import type { OperationRecord } from '../model/record.ts';
import type { LiveConnection } from './liveConnection.ts';

/**
 * Whether a connection is the one that an operation was written on. Its documents name the connection's id, so one that is
 * alike in title alone could not take it back; and the same id leads elsewhere once a kubeconfig names another server.
 */
export const wasWrittenOn = (
  { connection: { id, server } }: Pick<OperationRecord, 'connection'>,
  connection: Pick<LiveConnection, 'id' | 'server'>,
): boolean => connection.id === id && connection.server() === server;
