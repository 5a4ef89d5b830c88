import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeAccessPage } from '../../../../src/domain/access-review/page-file.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('replaces the file that a symlink points to, and makes it private', async () => {
  const target = folder.write('shared/old.html', 'old');
  const link = join(folder.path, 'link.html');
  symlinkSync(target, link);
  await writeAccessPage(link, 'new');
  expect({ mode: modeOf(target), text: readFileSync(target, 'utf8') }).toEqual({
    mode: 0o600,
    text: 'new',
  });
  expect(readdirSync(join(folder.path, 'shared'))).toEqual(['old.html']);
});

test('never replaces a folder, a pipe or a device', async () => {
  const paths = ['folder', 'pipe'].map((name) => join(folder.path, name)) as [string, string];
  mkdirSync(paths[0]);
  execFileSync('mkfifo', [paths[1]]);
  for (const path of paths) {
    await expect(writeAccessPage(path, 'new')).rejects.toMatchObject({
      kind: 'usage',
      message: `${path} is not a regular file`,
    });
  }
});
