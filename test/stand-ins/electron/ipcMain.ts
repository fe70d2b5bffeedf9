import { EventEmitter } from 'node:events';
import { strict } from './strict.ts';

/** `on` and `off`; no page asks for an answer. */
export const ipcMain = strict(new EventEmitter(), 'ipcMain');
