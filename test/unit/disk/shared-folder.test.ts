import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rejectSharedFolder } from '../../../src/disk/shared-folder.js';
import { withFolder } from '../../support/temporary-folder.js';

test.each(['700', '750', '755', '500'])('a folder with mode %s is accepted', (mode) =>
  withFolder(async (path) => {
    await chmod(path, Number.parseInt(mode, 8));
    expect(() => rejectSharedFolder(path)).not.toThrow();
  }),
);

test('a missing folder is accepted', () =>
  withFolder(async (path) => {
    expect(() => rejectSharedFolder(join(path, 'missing'))).not.toThrow();
  }));

test.each(['777', '707', '702', '1777'])('a folder with mode %s is rejected', (mode) =>
  withFolder(async (path) => {
    await chmod(path, Number.parseInt(mode, 8));
    expect(() => rejectSharedFolder(path)).toThrow(
      expect.objectContaining({
        kind: 'storage',
        message: `Other users can write to ${path}`,
        hint: `chmod go-w '${path}', or set TPKS_HOME to another folder`,
      }),
    );
  }),
);

// Only root can give a folder to another group or user.
const testAsRoot = process.getuid?.() === 0 ? test : test.skip;

testAsRoot(
  'a folder that a group can write to is accepted only if it is the user’s own group',
  () =>
    withFolder(async (path) => {
      await chmod(path, 0o775);
      await chown(path, 0, 0);
      expect(() => rejectSharedFolder(path)).not.toThrow();
      await chown(path, 0, 4321);
      expect(() => rejectSharedFolder(path)).toThrow(`Other users can write to ${path}`);
    }),
);

testAsRoot('a folder of another user is rejected', () =>
  withFolder(async (path) => {
    await chown(path, 4321, 4321);
    expect(() => rejectSharedFolder(path)).toThrow(
      expect.objectContaining({
        kind: 'storage',
        message: `${path} belongs to another user (uid 4321)`,
        hint: `sudo chown 0 '${path}', or set TPKS_HOME to another folder`,
      }),
    );
  }),
);
