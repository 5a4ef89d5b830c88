import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { createRunFolder } from '../../../../src/domain/each/run-folder.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const mode = (path: string) => statSync(path).mode & 0o777;

test('only this user can read the folder and its files', () =>
  withFolder(async (home) => {
    mkdirSync(join(home, 'each'));
    chmodSync(join(home, 'each'), 0o755);
    const folder = await createRunFolder(home);
    const path = await folder.create('dev-1.kubeconfig', 'text');
    const [run = ''] = readdirSync(join(home, 'each'));
    const paths = [join(home, 'each'), join(home, 'each', run), path];
    expect(paths.map(mode)).toEqual([0o700, 0o700, 0o600]);
    expect(readFileSync(path, 'utf8')).toBe('text');
    await folder.remove();
    expect(readdirSync(join(home, 'each'))).toEqual([]);
  }));

test('files with hostile names are in the folder, and have different names', () =>
  withFolder(async (home) => {
    const folder = await createRunFolder(home);
    const names = [
      '../../x',
      '/etc/passwd',
      '..',
      '.',
      '',
      'a\0b',
      'a\nb',
      'A',
      'a',
      'x'.repeat(300),
    ];
    const paths = await Promise.all(names.map((name) => folder.create(name, name)));
    for (const path of paths)
      expect(relative(home, path)).toMatch(/^each\/[\w-]+\/[a-z0-9][\w.-]*$/);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(names.length);
  }));

test('deletes the folders of ended runs, and keeps those of running ones and other hosts', () =>
  withFolder(async (home) => {
    const parent = join(home, 'each');
    const own = await createRunFolder(home);
    const [current = ''] = readdirSync(parent);
    const [host = '', pid = '', startTime = ''] = current.split('-');
    await own.remove();
    const ended = String(spawnSync('true').pid);
    const others = [
      `${host}-${ended}-${startTime}`,
      ...(startTime === '' ? [] : [`${host}-${pid}-1`]),
      // The parent process of this test.
      `${host}-${String(process.ppid)}-`,
      `0123456789-${ended}-${startTime}`,
      'notes',
    ];
    for (const name of [...others, current]) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'file'), '');
    }
    await createRunFolder(home);
    expect(readdirSync(parent).sort()).toEqual([...others.slice(-3), current].sort());
    // A killed run that had the same PID.
    expect(readdirSync(join(parent, current))).toEqual([]);
  }));

test('reports disk errors', () =>
  withFolder(async (home) => {
    writeFileSync(join(home, 'each'), '');
    await expect(createRunFolder(home)).rejects.toMatchObject({ kind: 'storage' });
    const folder = await createRunFolder(join(home, 'new'));
    await folder.remove();
    for (const write of [folder.create('a', ''), folder.append('a', new Uint8Array())]) {
      await expect(write).rejects.toMatchObject({
        kind: 'storage',
        message: expect.stringMatching(/^Cannot write .*: no such file or directory$/),
      });
    }
  }));
