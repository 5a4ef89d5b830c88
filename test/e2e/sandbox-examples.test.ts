import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { describeIfPart } from '../support/runner/optional-part.js';

const run = promisify(execFile);
const folder = fileFolder();
const guide = readFileSync(
  fileURLToPath(new URL('../../docs/sandbox.md', import.meta.url)),
  'utf8',
);

/** Reads the only example in a language from the guide. */
function readExample(language: string): string {
  const found = [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))];
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? '';
}

let env: NodeJS.ProcessEnv;
beforeAll(() => {
  folder.write('access.yml', readExample('yaml'));
  const path = [join(createUser().link('tpks'), '..'), process.env['PATH']].join(delimiter);
  env = { ...process.env, PATH: path, GOCACHE: resolve('node_modules/.cache/go-build') };
});

const runExample = (command: string, args: readonly string[]) =>
  run(command, args, { cwd: folder.path, env, timeout: 120_000 });

describeIfPart('jq', 'the example in a shell script', () => {
  test('gets a token from a sandbox with the accounts of the file', async () => {
    const script = folder.write('test.sh', readExample('sh'));
    const { stdout, stderr } = await runExample('sh', [script]);
    expect(stdout.trim().split(' ').sort()).toEqual(['openid', 'reports.read']);
    expect(stderr.trim()).toBe('Applied access.yml: 4 changes');
  });
});

test('the example for Node passes', async () => {
  folder.write('reports.test.mjs', readExample('js'));
  const { stdout } = await runExample('node', ['--test', 'reports.test.mjs']);
  expect(stdout).toContain('# pass 1');
});

describeIfPart('go', 'the example for Go', () => {
  test('passes', async () => {
    folder.write('go.mod', 'module reports\n\ngo 1.20\n');
    folder.write('reports_test.go', readExample('go'));
    const { stdout } = await runExample('go', ['test']);
    expect(stdout).toMatch(/^ok/m);
  }, 150_000);
});
