import { mkdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { translateSandboxError } from '../../../src/app/sandbox.js';
import { fileFolder } from '../../support/fixtures/file-folder.js';

const folder = fileFolder();

const explaining = (start: () => unknown, log?: string) => () => {
  try {
    start();
  } catch (error) {
    throw translateSandboxError(error, log);
  }
};

test('suggests the help for an error without advice', () => {
  const message = 'Cannot write to sandbox/ca.pem';
  const hint = 'run tpks sandbox --help to show the options';
  const error = translateSandboxError(new Error(message));
  expect(error).toMatchObject({ kind: 'failed', message, hint });
});

test('a folder that cannot be created is a storage error that names the path', () => {
  const path = folder.write('file', '');
  const create = explaining(() => mkdirSync(path, { recursive: true }));
  expect(create).toThrow(
    expect.objectContaining({
      kind: 'storage',
      message: `Cannot write ${path}: file already exists`,
      hint: 'use another folder: tpks sandbox --dir PATH',
    }),
  );
});

test('suggests another file if the log cannot be written', () => {
  const path = folder.write('file', '');
  const create = explaining(() => mkdirSync(path), path);
  expect(create).toThrow(
    expect.objectContaining({
      hint: 'use another file: tpks sandbox --log PATH',
    }),
  );
});

test('suggests what an error of the sandbox advises', () => {
  const error = Object.assign(new Error('The folder is in use'), { advice: 'stop it: kill 1' });
  expect(translateSandboxError(error)).toMatchObject({
    ...{ kind: 'failed', message: 'The folder is in use', hint: 'stop it: kill 1' },
  });
});
