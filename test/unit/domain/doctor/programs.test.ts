import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { pass, warn } from '../../../../src/domain/doctor/check.js';
import {
  checkKubeconfig,
  checkLink,
  checkOwnProgram,
} from '../../../../src/domain/doctor/programs.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();
const platform = 'linux';

const path = process.execPath;
let bin: string;

beforeAll(() => {
  bin = dirname(folder.write('bin/readme', ''));
  symlinkSync(path, join(bin, 'tpks'));
  symlinkSync(path, join(bin, 'pks'));
  symlinkSync('/bin/sh', join(bin, 'uaac'));
  symlinkSync('missing', join(bin, 'tkgi'));
});

const ownProgram = () => ({ env: { PATH: bin }, platform, path }) as const;

test('checkLink reports whether the original tools run tpks', () => {
  const program = ownProgram();
  expect(checkLink('pks', program)).toEqual(pass('links', `pks: ${join(bin, 'pks')} runs tpks`));
  expect(checkLink('uaac', program)).toMatchObject({
    status: 'skip',
    message: `uaac: ${join(bin, 'uaac')} is not a link to tpks`,
  });
  expect(checkLink('tkgi', program)).toMatchObject({ message: 'tkgi: not on PATH' });
});

test('checkOwnProgram warns if another tpks is first', () => {
  const program = ownProgram();
  expect(checkOwnProgram(program).status).toBe('pass');
  const other = { ...program, path: '/bin/sh' };
  expect(checkOwnProgram(other)).toMatchObject({
    status: 'warn',
    fix: `remove one of them: rm '${join(bin, 'tpks')}'`,
  });
  expect(checkOwnProgram({ ...other, env: {} })).toMatchObject({
    status: 'warn',
    message: 'tpks is not on PATH',
  });
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
