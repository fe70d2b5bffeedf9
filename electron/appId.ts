/**
 * What Windows knows Podium by. The installer puts it on the shortcut (electron-builder.yml); a program that does not say the
 * same of itself shows no notification there.
 */
export const appId = 'dev.podium.desktop';
