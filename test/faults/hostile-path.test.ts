import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { openBrowser } from '../../src/auth/browser/open-browser.js';
import { createRunProgram } from '../../src/doctor/run-program.js';
import { runPager } from '../../src/terminal/run-pager.js';
import { withFolder } from '../support/temporary-folder.js';
import { createRandom } from './seed.js';

jest.setTimeout(120_000);

const random = createRandom('hostile-path');
const platform = 'linux';

/** Runs every kind of program that tpks starts by its name. */
async function runAll(env: NodeJS.ProcessEnv): Promise<void> {
  await runPager('less', 'text\n', { env, platform });
  await openBrowser('https://uaa.example.com', { env: { ...env, DISPLAY: ':0' }, platform });
  for (const name of ['kubectl', 'ps']) await createRunProgram({ env, platform })(name, [], 5);
}

test('programs in relative folders of PATH are never run', () =>
  withFolder(async (folder) => {
    const marker = join(folder, 'marker');
    for (const name of ['less', 'xdg-open', 'kubectl', 'ps']) {
      writeFileSync(join(folder, name), `#!/bin/sh\n: > '${marker}'\n`, { mode: 0o755 });
    }
    await runAll({ PATH: folder });
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);
    const hostile = relative('.', folder);
    const entries = [hostile, `./${hostile}`, `${hostile}/`, `${hostile}/.`, '', '.', '/nowhere'];
    for (let round = 0; round < 10; round += 1) {
      const count = 1 + Math.floor(random() * 5);
      const chosen = Array.from(
        { length: count },
        () => entries[Math.floor(random() * entries.length)],
      );
      const path = [...chosen, hostile].join(':');
      await runAll({ PATH: path });
      expect({ path, isRun: existsSync(marker) }).toEqual({ path, isRun: false });
    }
  }));
