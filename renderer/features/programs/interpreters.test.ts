import { expect, test } from 'vitest';
import { runsItsArguments } from './interpreters.ts';

test('shells and interpreters are told from programs with a purpose of their own', () => {
  const those = ['/bin/sh', '/usr/bin/python3.12', 'C:\\Windows\\cmd.exe', '/opt/x/pwsh', '/usr/bin/env'];
  expect(those.filter(runsItsArguments)).toEqual(those);
  expect(['/usr/local/bin/aws', '/bin/show', '/opt/bash-login', '/sh/gke'].filter(runsItsArguments)).toEqual(
    [],
  );
});
