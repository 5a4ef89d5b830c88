import { expect, test } from '@jest/globals';
import { sandbox } from '../../../../src/commands/shell/sandbox.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';

const flags = { apiPort: 9021, uaaPort: 8443 };

test.each([
  ['Port 9021 is already in use', 'use free ports: tpks sandbox --api-port 0 --uaa-port 0'],
  ['Cannot write to sandbox/ca.pem', 'run tpks sandbox --help to show the options'],
])('if the sandbox fails with "%s", the hint is "%s"', async (message, hint) => {
  const deps = {
    terminal: recordedTerminal(),
    options: () => ({ json: false, interactive: true, color: false, trace: false }),
    untilInterrupted: async () => undefined,
    sandbox: async () => async () => {
      throw new Error(message);
    },
  };
  await expect(sandbox(flags, deps)).rejects.toMatchObject({ kind: 'failed', message, hint });
});
