/**
 * `npm run notices` writes THIRD_PARTY_NOTICES.txt: the license of every package in the bundle.
 * `npm run notices:check` fails if the file is not up to date.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ license: { id?: string, name?: string, text?: LicenseText }, expression?: string }} License */
/** @typedef {{ content: string, encoding?: string }} LicenseText */

/**
 * A package in the bill of materials, with the fields that are used here.
 *
 * @typedef {object} Component
 * @property {string} [group]
 * @property {string} name
 * @property {string} version
 * @property {License[]} [licenses]
 * @property {{ licenses?: License[] }} [evidence]
 */

const repository = fileURLToPath(new URL('..', import.meta.url));
const path = join(repository, 'THIRD_PARTY_NOTICES.txt');

const notices = toNotices(readBillOfMaterials());
if (!process.argv.includes('--check')) {
  writeFileSync(path, notices);
} else if (notices !== read(path)) {
  console.error('THIRD_PARTY_NOTICES.txt is not up to date: run npm run notices and commit it');
  process.exitCode = 1;
}

/**
 * Lists the packages in the bundle, from the metafile of its build.
 *
 * @see https://cyclonedx.org
 */
function readBillOfMaterials() {
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
    return /** @type {{ components: Component[] }} */ (JSON.parse(readFileSync(output, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function run(script, ...args) {
  execFileSync(process.execPath, [script, ...args], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** @param {{ components: Component[] }} billOfMaterials */
function toNotices({ components }) {
  const packages = components
    // The groups of esbuild.config.mjs are not packages.
    .filter(({ name }) => !name.startsWith('VirtualComponent '))
    .map(toPackage)
    // Sort by code units, so that the order does not depend on the locale.
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const intro = [
    'tpks contains code from the following packages, under the licenses below.',
    '',
    'It also uses @napi-rs/keyring, which is not part of this package. npm installs it',
    'separately, with its own license and the licenses of the Rust crates it contains.',
    '',
    ...packages.map(({ title, license }) => `- ${title} (${license})`),
  ];
  const sections = packages.map(({ title, license, texts }) =>
    ['='.repeat(80), `${title} (${license})`, '='.repeat(80), '', ...texts].join('\n'),
  );
  return `${[intro.join('\n'), ...sections].join('\n\n')}\n`;
}

/** @param {Component} component */
function toPackage({ group, name, version, licenses = [], evidence = {} }) {
  const title = `${group === undefined ? '' : `${group}/`}${name} ${version}`;
  const declared = licenses.map(
    ({ license, expression }) => expression ?? license.id ?? license.name,
  );
  const texts = (evidence.licenses ?? []).flatMap(({ license }) =>
    license.text ? [toText(license.text)] : [],
  );
  if (declared.length === 0 || texts.length === 0) {
    throw new Error(
      `${title} has no license or no license text: add it by hand in ${import.meta.url}`,
    );
  }
  return { title, license: declared.join(', '), texts };
}

/**
 * Removes carriage returns and trailing spaces, which differ between releases of a package.
 *
 * @param {LicenseText} text
 */
function toText({ content, encoding }) {
  const text = encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content;
  return text.replaceAll(/[ \t]*\r?\n/g, '\n').trim();
}

/** @param {string} file @returns {string | undefined} the text; undefined if the file does not exist. */
function read(file) {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
