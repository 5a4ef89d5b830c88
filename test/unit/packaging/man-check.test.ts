import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('npm run man:check says how to install mandoc, and fails without it', () => {
  const { status, stderr } = spawnSync(process.execPath, ['packaging/man.mjs', '--check'], {
    env: { PATH: '' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'mandoc is not installed. Install it: sudo apt-get install mandoc\n',
  });
});
