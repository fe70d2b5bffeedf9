import { expect, test } from 'vitest';
import { pathsIn } from '../../model/pathList.ts';
import { batchFiles, besideFile, inDotKube, programPlaces } from './places.ts';

test('lists of files are split as the platform writes them', () => {
  expect(pathsIn('/home/ana/a:/b', 'linux')).toEqual(['/home/ana/a', '/b']);
  expect(pathsIn('C:\\Users\\ana\\a;;"D:\\my files\\b"', 'win32')).toEqual([
    'C:\\Users\\ana\\a',
    'D:\\my files\\b',
  ]);
  expect(pathsIn(undefined, 'win32')).toEqual([]);
});

test.for([
  ['ca.crt', 'C:\\Users\\ana\\.kube\\ca.crt'],
  ['certs/ca.crt', 'C:\\Users\\ana\\.kube\\certs\\ca.crt'],
  ['..\\ca.crt', 'C:\\Users\\ana\\ca.crt'],
  ['D:\\ca.crt', 'D:\\ca.crt'],
  ['d:/ca.crt', 'd:/ca.crt'],
  ['\\\\files\\share\\ca.crt', '\\\\files\\share\\ca.crt'],
] as const)('a kubeconfig of Windows that names %s means %s', ([path, meant]) => {
  expect(besideFile('C:\\Users\\ana\\.kube\\config', path, 'win32')).toBe(meant);
});

test('on Windows the first home with a kubeconfig counts, and the profile where none has one', () => {
  const env = { HOME: 'H:\\git', HOMEDRIVE: 'U:', HOMEPATH: '\\ana', USERPROFILE: 'C:\\Users\\ana' };
  const found = (...there: readonly string[]): string =>
    inDotKube('config', env, 'win32', (path) => there.includes(path));
  const [git, drive, profile] = ['H:\\git', 'U:\\ana', 'C:\\Users\\ana'].map(
    (home) => `${home}\\.kube\\config`,
  ) as [string, string, string];
  expect(found(drive, profile)).toBe(drive);
  expect(found(git, drive, profile)).toBe(git);
  expect(found()).toBe(profile);
  expect(inDotKube('config', { HOME: '/home/ana', USERPROFILE: '/else' }, 'linux')).toBe(
    '/home/ana/.kube/config',
  );
});

test('on Windows a login program is an .exe or .com in a full folder of PATH, never a file without an ending', () => {
  const folders = ['C:\\tools', '.', 'D:\\Program Files\\cloud'];
  expect(programPlaces('kubelogin', null, folders, 'win32')).toEqual([
    'C:\\tools\\kubelogin.exe',
    'C:\\tools\\kubelogin.com',
    'D:\\Program Files\\cloud\\kubelogin.exe',
    'D:\\Program Files\\cloud\\kubelogin.com',
  ]);
  expect(programPlaces('aws.EXE', null, ['C:\\tools'], 'win32')).toEqual(['C:\\tools\\aws.EXE']);
  expect(programPlaces('kubectl-1.2', null, ['C:\\tools'], 'win32')).toContain('C:\\tools\\kubectl-1.2.exe');
});

test('a login program that is named by a path counts from beside its kubeconfig, and from nowhere in pasted text', () => {
  const kubeconfig = 'C:\\Users\\ana\\.kube\\config';
  const bin = 'C:\\Users\\ana\\.kube\\bin\\login.exe';
  expect(programPlaces('.\\bin\\login.exe', kubeconfig, [], 'win32')).toEqual([bin]);
  expect(programPlaces('bin/login.exe', kubeconfig, [], 'win32')).toEqual([bin]);
  expect(programPlaces('D:\\bin\\login', null, [], 'win32')).toContain('D:\\bin\\login.exe');
  expect(programPlaces('bin\\login.exe', null, [], 'win32')).toBeNull();
  // Elsewhere a backslash is a letter like any other.
  expect(programPlaces('a\\b', null, ['/usr/bin'], 'linux')).toEqual(['/usr/bin/a\\b']);
  expect(programPlaces('./login', '/home/ana/.kube/config', [], 'linux')).toEqual(['/home/ana/.kube/login']);
});

test('batch files of the name are known for what they are, and only on Windows', () => {
  const places = programPlaces('az', null, ['C:\\tools'], 'win32') ?? [];
  expect(batchFiles(places, 'win32')).toEqual(['C:\\tools\\az.cmd', 'C:\\tools\\az.bat']);
  const named = programPlaces('C:\\tools\\az.cmd', null, [], 'win32') ?? [];
  expect(batchFiles(named, 'win32')).toEqual(['C:\\tools\\az.cmd']);
  expect(batchFiles(['/usr/bin/az'], 'linux')).toEqual([]);
});
