import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { openBrowser } from '../../src/domain/auth/open-browser.js';
import { checkKubectl } from '../../src/domain/doctor/programs.js';
import { runPager } from '../../src/platform/terminal/pager.js';
import { withFolder } from '../support/runner/temporary-folder.js';

jest.setTimeout(120_000);

const platform = 'linux';
const names = ['kubectl', 'less', 'xdg-open'];

/** Runs every kind of program that tpks starts by its name, and a pager that a shell runs. */
async function runAll(env: NodeJS.ProcessEnv): Promise<void> {
  await runPager('less', 'text\n', { env, platform });
  await runPager('less "-R"', 'text\n', { env, platform });
  await openBrowser('https://uaa.example.com', { env: { ...env, DISPLAY: ':0' }, platform });
  await checkKubectl({ env, platform });
}

test('programs in relative folders of PATH are never run', () =>
  withFolder(async (folder) => {
    const [bin, marks] = [join(folder, 'bin'), join(folder, 'marks')];
    mkdirSync(bin);
    mkdirSync(marks);
    for (const name of names) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "$0" >> '${marks}/${name}'\n`, {
        mode: 0o755,
      });
    }
    await runAll({ PATH: bin });
    expect(readdirSync(marks)).toEqual(names);
    for (const name of names) rmSync(join(marks, name));
    const hostile = relative('.', bin);
    await runAll({ PATH: [hostile, `./${hostile}`, `${hostile}/`, '', '.', '/nowhere'].join(':') });
    expect(readdirSync(marks)).toEqual([]);
  }));
