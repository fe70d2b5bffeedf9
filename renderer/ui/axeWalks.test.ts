import { expect, test } from 'vitest';

const parts = import.meta.glob<string>(['../features/**/*.tsx', '!**/*.test.tsx'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const specs = import.meta.glob<string>('../../test/e2e/*.spec.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Everything that opens over the window, and what the walk that has axe look at it in both themes calls it. */
const walks: Readonly<Record<string, readonly string[]>> = {
  'about/AboutDialog': ['about a connection'],
  'about/ReportDialog': ['report'],
  'addressBook/AddressBook': ['address book'],
  'alerts/AlertsDialog': ['alerts'],
  'alerts/SilenceDialog': ['silence'],
  'breakers/AnswerField': ['trip dialog, divert'],
  'breakers/HeldChip': ['held trips'],
  'breakers/TripDialog': ['trip'],
  'canary/CanaryDialog': ['guided canary'],
  'canary/WatchChip': ['what is watched'],
  'findings/FindingsDialog': ['findings'],
  'firstRun/AddressDialog': ['connect by address'],
  'forwards/ForwardsDialog': ['port-forward', 'open port-forwards'],
  'frame/RehearsalMenu': ['incidents'],
  'frame/TitleBar': ['time range'],
  'frame/UnlockDialog': ['unlock'],
  'help/HelpDialog': ['help, ${tab}'],
  'inspector/Faces': ['same as another'],
  'journal/JournalPage': ['journal export'],
  'logs/LogMore': ['more about these lines'],
  'map/CallMenu': ['what can be done to a call'],
  'map/ExportMenu': ['export'],
  'map/PathMenu': ['path'],
  'map/ServiceMenu': ['the menu of a service'],
  'objects/ObjectDialog': ['YAML'],
  'palette/Palette': ['palette'],
  'programs/ProgramDialog': ['the question for a login program'],
  'protections/ProtectionDialog': ['protections'],
  'protections/UnprotectedDialog': ['unprotected calls'],
  'review/ReviewDialog': ['review', 'what was applied'],
  'review/set/SetDialog': ['the review of a set', 'a set that was cut off'],
  'routing/GreyRouteDialog': ['route for some requests', 'mirror'],
  'settings/RememberedSection': ['forgetting a connection'],
  'settings/WebhookSection': ['telling others'],
  'sources/SourcesPage': ['close a connection'],
};

/** No line of the rehearsal's logs is too long to be shown whole; its dialog has one field. */
const notWalked = ['logs/LogRow'];

/** Whole pages, and parts of the window. */
const screens = [
  ['first run', 'tour', 'map', 'pending', 'logs', 'call', 'connect another', 'what was done'],
  ['Calls', 'Protections', 'Workloads', 'Config', 'Instances', 'Documents', 'Events', 'Overview'],
  ['Services', 'Config', 'Journal', 'Sources', 'Settings'],
].flat();

const opens = /<(?:(?:Board|Aria)?Dialog|ModalOverlay|Popover|Menu|PointMenu)\b/;
const namesIn = (text: string): string[] => {
  const looks = /(?:inBothThemes|dialogInBothThemes|menuInBothThemes)\(\s*page,\s*['`]([^'`]+)/g;
  const names = [...text.matchAll(looks)].map(([, name]) => name ?? '');
  // Walks that are taken once in each theme.
  if (text.includes("colorScheme of ['dark', 'light']"))
    names.push(...[...text.matchAll(/expectNoFindings\(\s*page,\s*'([^']+)/g)].map(([, name]) => name ?? ''));
  return names;
};
const looked = new Set(Object.values(specs).flatMap(namesIn));

test('everything that opens over the window is looked at by axe in both themes', () => {
  const opening = Object.entries(parts)
    .filter(([, text]) => opens.test(text))
    .map(([path]) => path.replace('../features/', '').replace('.tsx', ''))
    .filter((part) => !notWalked.includes(part));
  expect(opening.length).toBeGreaterThan(25);
  expect(
    opening.filter((part) => walks[part] === undefined),
    'opens, and no walk is named',
  ).toEqual([]);
  expect(
    Object.keys(walks).filter((part) => !opening.includes(part)),
    'is named, and opens nothing',
  ).toEqual([]);
  expect(
    Object.values(walks)
      .flat()
      .filter((name) => !looked.has(name)),
    'is named, and no walk looks at it',
  ).toEqual([]);
});

test('every page, and every tab of the inspector, is looked at by axe in both themes', () => {
  const walk = specs['../../test/e2e/accessibility.spec.ts'] ?? '';
  expect(screens.filter((name) => !walk.includes(`'${name}'`))).toEqual([]);
});
