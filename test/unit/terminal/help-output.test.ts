import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createHelpOutput } from '../../../src/terminal/help-output.js';
import { withFolder } from '../../support/temporary-folder.js';

const unopened = () => {
  throw new Error('opened');
};

describe('help', () => {
  test('goes into a file without a stream, and has no width there', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'help.txt');
      const descriptor = openSync(path, 'w');
      const output = createHelpOutput(unopened, descriptor);
      expect(output.columns()).toBeUndefined();
      output.write('Usage: tpks …\n');
      closeSync(descriptor);
      expect(readFileSync(path, 'utf8')).toBe('Usage: tpks …\n');
    }));

  test('goes through the stream anywhere else, in its width', () => {
    const stdout = Object.assign(new PassThrough(), { columns: 40 });
    const device = openSync('/dev/null', 'w');
    const output = createHelpOutput(() => stdout as unknown as NodeJS.WriteStream, device);
    expect(output.columns()).toBe(40);
    output.write('Usage: tpks\n');
    closeSync(device);
    expect(String(stdout.read())).toBe('Usage: tpks\n');
  });
});
