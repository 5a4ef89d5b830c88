/**
 * `npm run notices` writes THIRD_PARTY_NOTICES.txt: the licence of every package that is part of
 * the bundle. `npm run notices:check` fails if the file is not up to date.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const path = join(repository, 'THIRD_PARTY_NOTICES.txt');

const notices = toNotices(billOfMaterials());
if (!process.argv.includes('--check')) {
  writeFileSync(path, notices);
} else if (notices !== read(path)) {
  console.error('THIRD_PARTY_NOTICES.txt is not up to date: run npm run notices and commit it');
  process.exitCode = 1;
}

/**
 * The packages in the bundle, from the metafile of its build.
 * @see https://cyclonedx.org
 */
function billOfMaterials() {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-notices-'));
  const output = join(folder, 'bom.json');
  try {
    run(join(repository, 'esbuild.config.mjs'), '--metafile');
    // The package exports only its plugin, not the path of its command.
    const plugin = import.meta.resolve('@cyclonedx/cyclonedx-esbuild');
    run(
      fileURLToPath(new URL('../bin/cyclonedx-esbuild-cli.js', plugin)),
      ...['--gather-license-texts', '--output-reproducible', '--no-validate'],
      ...['--output-file', output, 'dist/meta.json'],
    );
    return JSON.parse(readFileSync(output, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(script, ...words) {
  execFileSync(process.execPath, [script, ...words], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function toNotices({ components }) {
  const packages = components
    // Groups of esbuild.config.mjs, which are not packages.
    .filter(({ name }) => !name.startsWith('VirtualComponent '))
    .map(toPackage)
    // By code units, so that the order does not depend on the locale.
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const intro = [
    'tpks contains code of the packages below, under the licences that follow.',
    '',
    'It also uses @napi-rs/keyring, which is not part of this package: npm installs it',
    'separately, with its own licence and the licences of the Rust crates that it contains.',
    '',
    ...packages.map(({ title, licence }) => `- ${title} (${licence})`),
  ];
  const sections = packages.map(({ title, licence, texts }) =>
    ['='.repeat(80), `${title} (${licence})`, '='.repeat(80), '', ...texts].join('\n'),
  );
  return `${[intro.join('\n'), ...sections].join('\n\n')}\n`;
}

function toPackage({ group, name, version, licenses = [], evidence = {} }) {
  const title = `${group === undefined ? '' : `${group}/`}${name} ${version}`;
  const declared = licenses.map(
    ({ license, expression }) => expression ?? license.id ?? license.name,
  );
  const texts = (evidence.licenses ?? []).map(({ license }) => toText(license.text));
  if (declared.length === 0 || texts.length === 0) {
    throw new Error(
      `${title} has no licence or no licence text: add it by hand in ${import.meta.url}`,
    );
  }
  return { title, licence: declared.join(', '), texts };
}

/** Removes carriage returns and trailing blanks, which differ between releases of a package. */
function toText({ content, encoding }) {
  const text = encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content;
  return text.replaceAll(/[ \t]*\r?\n/g, '\n').trim();
}

function read(file) {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
