import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { readGuideExample } from '../support/fixtures/guide-example.js';
import { createUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';

const run = promisify(execFile);
const folder = fileFolder();

let env: NodeJS.ProcessEnv;
beforeAll(() => {
  folder.write('access.yml', readGuideExample('yaml'));
  const path = [join(createUser().link('tpks'), '..'), process.env['PATH']].join(delimiter);
  env = { ...process.env, PATH: path };
});

const runExample = (command: string, args: readonly string[]) =>
  run(command, args, { cwd: folder.path, env, timeout: 50_000 });

describeIfPart('jq', 'the example in a shell script', () => {
  test('gets a token from a sandbox with the accounts of the file', async () => {
    const script = folder.write('test.sh', readGuideExample('sh'));
    const { stdout, stderr } = await runExample('sh', [script]);
    expect(stdout.trim().split(' ').sort()).toEqual(['openid', 'reports.read']);
    expect(stderr.trim()).toBe('Applied access.yml: 4 changes');
  });
});

test('the example for Node passes', async () => {
  folder.write('reports.test.mjs', readGuideExample('js'));
  const { stdout } = await runExample('node', ['--test', 'reports.test.mjs']);
  expect(stdout).toContain('# pass 1');
});

// Compiling it takes most of a minute: see sandbox-examples.nightly.test.ts.
describeIfPart('go', 'the example for Go', () => {
  test('is formatted Go code', async () => {
    const file = folder.write('reports_test.go', readGuideExample('go'));
    const { stdout } = await runExample('gofmt', ['-l', file]);
    expect(stdout).toBe('');
  });
});
