import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pass, warn } from '../../../../src/domain/doctor/check.js';
import {
  checkKubeconfig,
  checkKubectl,
  checkLink,
  checkOwnProgram,
  findPrograms,
} from '../../../../src/domain/doctor/programs.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();

describe('the checks of PATH', () => {
  const tpks = { path: '/opt/links/pks', kind: 'this tpks' } as const;
  const original = { path: '/usr/bin/pks', kind: 'other' } as const;
  const broken = { path: '/old/pks', kind: 'broken' } as const;

  test.each([
    ['no program', [], 'skip', undefined],
    ['only the original', [original], 'skip', undefined],
    ['a link', [tpks], 'pass', undefined],
    ['a link before the original', [tpks, original], 'pass', undefined],
    ['a link after the original', [original, tpks], 'warn', 'export PATH=/opt/links:$PATH'],
    ['a broken link', [broken, tpks], 'fail', "rm '/old/pks'"],
  ])('checkLink reports %s', (_name, found, status, fix) => {
    const result = checkLink('pks', found);
    expect([result.status, result.fix]).toEqual([status, fix]);
  });

  test('findPrograms ignores folders that cannot be searched', () => {
    const bin = dirname(folder.write('bin/readme', ''));
    symlinkSync(process.execPath, join(bin, 'pks'));
    symlinkSync('missing', join(bin, 'uaac'));
    symlinkSync('tkgi', join(bin, 'tkgi'));
    // Root can search every folder, so a name that is too long stands for a folder of another user.
    const path = [`/${'x'.repeat(300)}`, bin].join(delimiter);
    const find = (name: string) =>
      findPrograms(name, { path, platform: 'linux', ownProgram: '/opt/tpks.js' });
    expect(find('pks')).toEqual([{ path: join(bin, 'pks'), kind: 'other' }]);
    expect(find('uaac')).toEqual([{ path: join(bin, 'uaac'), kind: 'broken' }]);
    expect(find('tkgi')).toEqual([]);
  });

  test('checkOwnProgram warns if another tpks is first', () => {
    const other = { path: '/usr/bin/tpks', kind: 'another tpks' } as const;
    expect(checkOwnProgram([tpks], '/opt/tpks.js').status).toBe('pass');
    expect(checkOwnProgram([other, tpks], '/opt/tpks.js').status).toBe('warn');
    expect(checkOwnProgram([], '/opt/tpks.js').status).toBe('warn');
  });

  test('checkKubectl reports the version, a missing program and one that fails', async () => {
    const kubectl = join(folder.path, 'kubectl');
    const json = '{"clientVersion":{"gitVersion":"v1.30.0"}}';
    writeFileSync(kubectl, `#!/bin/sh\necho '${json}'\n`, { mode: 0o755 });
    const check = () => checkKubectl({ env: { PATH: folder.path }, platform: 'linux' });
    expect(await check()).toEqual(pass('kubectl', `${kubectl}: v1.30.0`));
    writeFileSync(kubectl, '#!/bin/sh\nexit 1\n');
    expect((await check()).status).toBe('fail');
    rmSync(kubectl);
    expect((await check()).status).toBe('warn');
  });

  test('checkKubeconfig warns about a plugin that kubectl cannot start', () => {
    const context = (name: string, pluginCommand: string | undefined) => ({
      name,
      path: '/home/cody/.kube/config',
      isCurrent: false,
      owner: { api: 'https://api.example.com:9021', cluster: name, identity: 'cody' },
      server: 'https://dev-1.example.com:8443',
      userName: 'cody@api.example.com',
      sessionName: 'cody@api.example.com',
      pluginCommand,
    });
    const contexts = [
      context('dev-1', 'tpks'),
      context('dev-2', '/old/tpks'),
      context('dev-3', undefined),
      context('dev-4', 'tpks'),
    ];
    expect(checkKubeconfig(contexts, (program) => program === 'tpks')).toEqual([
      pass('kubectl', 'kubeconfig: tpks runs for dev-1, dev-4'),
      warn(
        'kubectl',
        'kubeconfig: /old/tpks, which kubectl runs for dev-2, does not exist',
        'write the entries again: tpks get-credentials dev-2 --no-switch',
      ),
    ]);
    expect(checkKubeconfig(contexts.slice(0, 1), () => false)[0]).toMatchObject({
      status: 'warn',
      message: 'kubeconfig: tpks, which kubectl runs for dev-1, is not on PATH',
    });
  });
});
