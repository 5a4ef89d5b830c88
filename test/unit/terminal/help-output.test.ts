import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createHelpOutput } from '../../../src/terminal/help-output.js';
import { withFolder } from '../../support/runner/temporary-folder.js';
import { readAvailable } from '../../support/checks/read-available.js';

const unopened = () => {
  throw new Error('opened');
};

describe('help', () => {
  test('is written to a file without opening stdout, and has no width there', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'help.txt');
      const descriptor = openSync(path, 'w');
      const output = createHelpOutput(unopened, descriptor);
      expect(output.columns()).toBeUndefined();
      output.write('Usage: tpks ...\n');
      output.write('\nOptions:\n');
      await output.flush();
      closeSync(descriptor);
      expect(readFileSync(path, 'utf8')).toBe('Usage: tpks ...\n\nOptions:\n');
    }));

  test('has the width of a terminal', () => {
    const device = openSync('/dev/null', 'w');
    const stdout = { columns: 40 } as unknown as NodeJS.WriteStream;
    expect(createHelpOutput(() => stdout, device).columns()).toBe(40);
    closeSync(device);
  });

  test('is written to the stream if it cannot be written directly', async () => {
    const full = openSync('/dev/full', 'w');
    const stdout = new PassThrough();
    const output = createHelpOutput(() => stdout, full);
    output.write('Usage: tpks\n');
    await output.flush();
    closeSync(full);
    expect(readAvailable(stdout)).toBe('Usage: tpks\n');
  });
});
