import { execFile } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { readGuideExample } from '../support/fixtures/guide-example.js';
import { createUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';

const run = promisify(execFile);
const folder = fileFolder();

describeIfPart('go', 'the example for Go in docs/sandbox-reference.md', () => {
  test('passes', async () => {
    folder.write('access.yml', readGuideExample('yaml'));
    folder.write('go.mod', 'module reports\n\ngo 1.20\n');
    folder.write('reports_test.go', readGuideExample('go'));
    const path = [join(createUser().link('tpks'), '..'), process.env['PATH']].join(delimiter);
    const cache = { GOCACHE: resolve('node_modules/.cache/go-build') };
    const options = { cwd: folder.path, env: { ...process.env, PATH: path, ...cache } };
    const { stdout } = await run('go', ['test'], { ...options, timeout: 240_000 });
    expect(stdout).toMatch(/^ok/m);
  }, 250_000);
});
