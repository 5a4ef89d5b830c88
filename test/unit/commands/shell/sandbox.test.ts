import { mkdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sandbox } from '../../../../src/commands/shell/sandbox.js';
import { fileFolder } from '../../../support/file-folder.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';

const folder = fileFolder();
const flags = { apiPort: 9021, uaaPort: 8443 };

const depsThatFail = (start: () => void) => ({
  terminal: recordedTerminal(),
  options: () => ({ json: false, interactive: true, color: false, trace: false }),
  untilInterrupted: async () => undefined,
  sandbox: async () => async () => {
    start();
    throw new Error('the start did not fail');
  },
});

test.each([
  ['Port 9021 is already in use', 'use free ports: tpks sandbox --api-port 0 --uaa-port 0'],
  ['Cannot write to sandbox/ca.pem', 'run tpks sandbox --help to show the options'],
])('if the sandbox fails with "%s", the hint is "%s"', async (message, hint) => {
  const deps = depsThatFail(() => {
    throw new Error(message);
  });
  await expect(sandbox(flags, deps)).rejects.toMatchObject({ kind: 'failed', message, hint });
});

test('reports a folder that cannot be created as a storage error that names the path', async () => {
  const path = folder.write('file', '');
  const deps = depsThatFail(() => mkdirSync(path, { recursive: true }));
  await expect(sandbox({ ...flags, dir: path }, deps)).rejects.toMatchObject({
    kind: 'storage',
    message: `Cannot write ${path}: file already exists`,
    hint: 'choose another folder with --dir, or another file with --log',
  });
});
