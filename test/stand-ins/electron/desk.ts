import { strict } from './strict.ts';

/** Nobody sits here to answer: a test puts its own answer in the place of what it expects to be asked. */
export const dialog = strict(
  {
    showMessageBoxSync({ message }: { readonly message: string }): number {
      throw new Error(`Nobody answers the question "${message}".`);
    },
    showErrorBox: (title: string, content: string): void =>
      void process.stderr.write(`${title}: ${content}\n`),
  },
  'dialog',
);

/** Counts what is held; the machine under a test sleeps as it likes. */
const held = new Set<number>();
let started = 0;
export const powerSaveBlocker = strict(
  {
    start(type: string): number {
      if (type !== 'prevent-app-suspension' && type !== 'prevent-display-sleep')
        throw new TypeError(`powerSaveBlocker knows no type ${type}`);
      started += 1;
      held.add(started);
      return started;
    },
    stop: (id: number): boolean => held.delete(id),
    isStarted: (id: number): boolean => held.has(id),
  },
  'powerSaveBlocker',
);

/** Opens nothing, and remembers nothing: a test listens in its place. */
export const shell = strict(
  {
    openExternal(url: string): Promise<void> {
      return Promise.reject(new Error(`The stand-in opens nothing outside, nor ${url}.`));
    },
  },
  'shell',
);

interface MenuTemplate {
  readonly role?: string;
  readonly label?: string;
  readonly submenu?: readonly MenuTemplate[];
}

let applicationMenu: { readonly items: readonly MenuTemplate[] } | null = null;

/** A menu that nobody sees. */
export const Menu = strict(
  {
    buildFromTemplate: (items: readonly MenuTemplate[]) => strict({ items }, 'Menu'),
    setApplicationMenu: (menu: typeof applicationMenu): void => void (applicationMenu = menu),
    getApplicationMenu: () => applicationMenu,
  },
  'Menu',
);

/** Screens that nobody looks at: one, or those whose work areas STAND_IN_SCREENS lists ("x,y,width,height;…"), the first one first. */
export const screen = strict(
  {
    getAllDisplays: displays,
    getPrimaryDisplay: () => displays()[0],
  },
  'screen',
);

function displays() {
  const listed = process.env['STAND_IN_SCREENS'] ?? '0,0,1920,1080';
  return listed.split(';').map((text, id) => {
    const [x = 0, y = 0, width = 0, height = 0] = text.split(',').map(Number);
    return { id, workArea: { x, y, width, height } };
  });
}
