/**
 * What `electron`, `electron/main` and `electron/common` give the main process. A name that is not here fails its import,
 * and a member that is not there throws.
 */
export { app, safeStorage } from './app.ts';
export { BrowserWindow } from './browserWindow.ts';
export { dialog, Menu, powerSaveBlocker, screen, shell } from './desk.ts';
export { ipcMain } from './ipcMain.ts';
export { Notification } from './notification.ts';
export { MessageChannelMain } from './ports.ts';
export { protocol } from './schemes.ts';
export { session } from './session.ts';
export { utilityProcess } from './utilityProcess.ts';
export { webContents } from './webContents.ts';
