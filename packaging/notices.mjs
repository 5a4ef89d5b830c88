/**
 * `npm run notices` writes THIRD_PARTY_NOTICES.txt, with the license of every package in the bundle,
 * and the bill of materials of the npm package to `out/npm/tpks.cdx.json`. With `-- --target TARGET`
 * it writes both for a standalone binary, to `out/TARGET`. `npm run notices:check` fails if
 * THIRD_PARTY_NOTICES.txt is not up to date, or if a standalone binary would contain other packages.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBillOfMaterials } from './bill-of-materials.mjs';
import { bundle } from './compile.mjs';
import { formatNotices, toNotices } from './license-notices.mjs';
import { addRuntime, createRuntimeNotices } from './runtime-parts.mjs';
import { findHostTarget } from './targets.mjs';

/**
 * @import { BillOfMaterials } from './bill-of-materials.mjs'
 * @import { Notice } from './license-notices.mjs'
 */

const repository = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, target: { type: 'string' } },
});

if (options.target !== undefined) writeStandaloneNotices(options.target);
else writeBundleNotices();

function writeBundleNotices() {
  execFileSync(process.execPath, [join(repository, 'esbuild.config.mjs'), '--metafile'], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const bill = createBillOfMaterials('dist/meta.json');
  const intro = [
    'tpks contains code from the following packages, under the licenses below.',
    '',
    'It also uses @napi-rs/keyring, which is not part of this package. npm installs it',
    'separately, with its own license and the licenses of the Rust crates it contains.',
  ];
  const packages = toNotices(bill.components);
  const notices = formatNotices(intro, packages);
  checkStandalonePackages(packages);
  const path = join(repository, 'THIRD_PARTY_NOTICES.txt');
  if (options.check !== true) {
    writeFileSync(path, notices);
    writeBillOfMaterials('npm', bill);
  } else if (!existsSync(path) || notices !== readFileSync(path, 'utf8').replaceAll('\r\n', '\n')) {
    console.error('THIRD_PARTY_NOTICES.txt is not up to date: run npm run notices and commit it');
    process.exitCode = 1;
  }
}

/**
 * The npm package and the binary are built by different bundlers, which may include different packages.
 *
 * @param {readonly Notice[]} notices - of the npm package.
 */
function checkStandalonePackages(notices) {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-notices-'));
  const metafile = join(folder, 'meta.json');
  try {
    bundle(findHostTarget().name, { metafile });
    const titles = toNotices(createBillOfMaterials(metafile).components).map(({ title }) => title);
    const others = titles.filter((title) => !notices.some((each) => each.title === title));
    if (others.length === 0) return;
    const message = 'The standalone binary contains packages that the npm package does not';
    console.error(`${message}: ${others.join(', ')}`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} target */
function writeStandaloneNotices(target) {
  const bundle = createBillOfMaterials(join('out', target, 'meta.json'));
  const intro = [
    `tpks for ${target} contains code from the following projects, under the licenses below.`,
  ];
  const notices = [...toNotices(bundle.components), ...createRuntimeNotices(target)];
  const path = join(repository, 'out', target, 'THIRD_PARTY_NOTICES.txt');
  writeFileSync(path, formatNotices(intro, notices));
  writeBillOfMaterials(target, addRuntime(bundle, target));
}

/**
 * @param {string} folder - below `out`.
 * @param {BillOfMaterials} bill
 */
function writeBillOfMaterials(folder, bill) {
  const path = join(repository, 'out', folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'tpks.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`);
}
