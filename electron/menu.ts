import { Menu, type MenuItemConstructorOptions } from 'electron/main';

/** The native menu: what the platform expects, and no developer tools outside development. */
export function createMenu(platform: string): Menu {
  const template: MenuItemConstructorOptions[] = [
    { role: 'fileMenu' },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
  return Menu.buildFromTemplate(platform === 'darwin' ? [{ role: 'appMenu' }, ...template] : template);
}
