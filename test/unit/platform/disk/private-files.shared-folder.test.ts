import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rejectSharedFolder } from '../../../../src/platform/disk/private-files.js';
import { testAsRoot } from '../../../support/runner/as-root.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

test.each(['700', '750', '755', '500'])('accepts a folder with mode %s', (mode) =>
  withFolder(async (path) => {
    await chmod(path, Number.parseInt(mode, 8));
    expect(() => rejectSharedFolder(path)).not.toThrow();
  }),
);

test('accepts a missing folder', () =>
  withFolder(async (path) => {
    expect(() => rejectSharedFolder(join(path, 'missing'))).not.toThrow();
  }));

test.each(['777', '707', '702', '1777'])('rejects a folder with mode %s', (mode) =>
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

testAsRoot("accepts a group-writable folder only if it belongs to the user's own group", () =>
  withFolder(async (path) => {
    await chmod(path, 0o775);
    await chown(path, 0, 0);
    expect(() => rejectSharedFolder(path)).not.toThrow();
    await chown(path, 0, 4321);
    expect(() => rejectSharedFolder(path)).toThrow(`Other users can write to ${path}`);
  }),
);

testAsRoot('rejects a folder that belongs to another user', () =>
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
