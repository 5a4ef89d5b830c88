/**
 * Describes what a standalone binary contains in addition to the packages in the bundle: the runtime, the
 * projects that are linked into the runtime and, on macOS and Windows, the native keychain module.
 *
 * @see https://github.com/oven-sh/bun/blob/bun-v1.4.5/LICENSE.md - lists the projects. The npm packages
 *   of the runtime contain no license.
 */
import { existsSync, readFileSync } from 'node:fs';
import spdxLicenses from 'spdx-license-list/full.js';
import { normalizeText } from './license-notices.mjs';
import { runtimeCrates } from './runtime-crates.mjs';
import { findTarget } from './targets.mjs';

/** @import { BillOfMaterials, Component } from './bill-of-materials.mjs' */
/** @import { Notice } from './license-notices.mjs' */

/** @typedef {{ packages: Record<string, { version: string, integrity: string }> }} LockFile */

const repository = new URL('../', import.meta.url);

/**
 * The projects in the runtime, with the SPDX identifiers of their licenses and their pages. If a project
 * may be used under one of several licenses, this is the license that was chosen. Bun's own list lacks
 * the last projects, which are in `process.versions` or in the scripts that build Bun.
 *
 * @see https://github.com/oven-sh/boringssl/blob/HEAD/LICENSE - all of BoringSSL that is linked.
 * @see https://github.com/libarchive/libarchive/blob/HEAD/COPYING - BLAKE2 may be used under Apache-2.0.
 * @see https://github.com/unicode-org/icu/blob/HEAD/LICENSE - the word lists have other licenses.
 * @type {[name: string, license: string, url: string][]}
 */
export const runtimeParts = [
  [
    'JavaScriptCore and WebKit',
    'LGPL-2.0-or-later AND BSD-2-Clause',
    'https://github.com/oven-sh/webkit',
  ],
  ['TinyCC', 'LGPL-2.1-only', 'https://github.com/tinycc/tinycc'],
  ['BoringSSL', 'Apache-2.0', 'https://github.com/oven-sh/boringssl'],
  ['brotli', 'MIT', 'https://github.com/google/brotli'],
  [
    'libarchive',
    'BSD-2-Clause AND BSD-3-Clause AND Apache-2.0',
    'https://github.com/libarchive/libarchive',
  ],
  ['lol-html', 'BSD-3-Clause', 'https://github.com/cloudflare/lol-html'],
  ['ls-hpack', 'MIT', 'https://github.com/litespeedtech/ls-hpack'],
  ['ls-qpack', 'MIT', 'https://github.com/litespeedtech/ls-qpack'],
  ['lsquic', 'MIT AND BSD-3-Clause', 'https://github.com/litespeedtech/lsquic'],
  ['mimalloc', 'MIT', 'https://github.com/microsoft/mimalloc'],
  ['picohttpparser', 'MIT', 'https://github.com/h2o/picohttpparser'],
  ['zstd', 'BSD-3-Clause', 'https://github.com/facebook/zstd'],
  ['simdutf', 'Apache-2.0', 'https://github.com/simdutf/simdutf'],
  ['uSockets', 'Apache-2.0', 'https://github.com/uNetworking/uSockets'],
  ['uWebSockets (a fork)', 'Apache-2.0', 'https://github.com/jarred-sumner/uwebsockets'],
  ['zlib-ng', 'Zlib', 'https://github.com/zlib-ng/zlib-ng'],
  ['c-ares', 'MIT', 'https://github.com/c-ares/c-ares'],
  [
    'ICU',
    'Unicode-3.0 AND BSD-2-Clause AND BSD-3-Clause AND NAIST-2003',
    'https://github.com/unicode-org/icu',
  ],
  ['base64', 'BSD-2-Clause', 'https://github.com/aklomp/base64'],
  ['libuv (on Windows)', 'MIT', 'https://github.com/libuv/libuv'],
  ['libdeflate', 'MIT', 'https://github.com/ebiggers/libdeflate'],
  ['libjpeg-turbo', 'BSD-3-Clause AND IJG AND Zlib', 'https://libjpeg-turbo.org'],
  ['libspng', 'BSD-2-Clause', 'https://github.com/randy408/libspng'],
  ['libwebp', 'BSD-3-Clause', 'https://github.com/webmproject/libwebp'],
  ['highway', 'Apache-2.0', 'https://github.com/google/highway'],
  ['uucode', 'MIT', 'https://github.com/jacobsandlund/uucode'],
  [
    'TigerBeetle (parts of its I/O code)',
    'Apache-2.0',
    'https://github.com/tigerbeetle/tigerbeetle',
  ],
  ['LLVM libc++abi (one function)', 'Apache-2.0', 'https://github.com/llvm/llvm-project'],
  ['SQLite', 'blessing', 'https://www.sqlite.org'],
  ['llhttp', 'MIT', 'https://github.com/nodejs/llhttp'],
  ['HdrHistogram_c', 'BSD-2-Clause', 'https://github.com/HdrHistogram/HdrHistogram_c'],
  ['acorn and acorn-walk', 'MIT', 'https://github.com/acornjs/acorn'],
  ['esbuild (ported code)', 'MIT', 'https://github.com/evanw/esbuild'],
];

/** npm packages in the runtime that implement modules of Node. All have the MIT license. */
const polyfills = [
  ...['assert', 'browserify-zlib', 'buffer', 'constants-browserify', 'crypto-browserify'],
  ...[
    'domain-browser',
    'events',
    'https-browserify',
    'os-browserify',
    'path-browserify',
    'process',
  ],
  ...['punycode', 'querystring-es3', 'stream-browserify', 'stream-http', 'string_decoder'],
  ...['timers-browserify', 'tty-browserify', 'url', 'util', 'vm-browserify'],
];

/** @type {readonly (readonly [name: string, license: string, url: string])[]} */
const allParts = [
  ...runtimeParts,
  ...runtimeCrates,
  ...polyfills.map(
    (name) => /** @type {const} */ ([name, 'MIT', `https://npmjs.com/package/${name}`]),
  ),
];

/**
 * Adds the runtime and the native module to the bill of materials of a binary.
 *
 * @param {BillOfMaterials} bill
 * @param {string} target
 * @returns {BillOfMaterials}
 */
export function addRuntime(bill, target) {
  const { runtime, nativeModule } = findPackages(target);
  const components = [toComponent(runtime, 'platform')];
  const [platform] = components;
  if (platform !== undefined) platform.components = allParts.map(toPart);
  if (nativeModule !== undefined) components.push(toComponent(nativeModule, 'library'));
  const root = bill.metadata.component['bom-ref'];
  const refs = components.flatMap((component) => component['bom-ref'] ?? []);
  return {
    ...bill,
    components: [...bill.components, ...components],
    dependencies: [
      ...bill.dependencies.map((dependency) =>
        dependency.ref === root
          ? { ...dependency, dependsOn: [...(dependency.dependsOn ?? []), ...refs] }
          : dependency,
      ),
      ...refs.map((ref) => ({ ref })),
    ],
  };
}

/**
 * @param {string} target
 * @returns {Notice[]} the licenses of the parts that {@link addRuntime} adds.
 */
export function createRuntimeNotices(target) {
  const { runtime, nativeModule } = findPackages(target);
  const intro = [
    'Bun is the runtime of this program. It is linked with the projects below. Names and',
    'addresses of their copyright holders are on their pages, and Bun lists the projects at',
    `https://github.com/oven-sh/bun/blob/bun-v${runtime.version}/LICENSE.md`,
    '',
    'JavaScriptCore, WebKit and TinyCC are covered by the GNU Library (Lesser) General Public',
    'License. You can change them and link this program again: build Bun with your changes as',
    'described on that page (its build uses https://github.com/oven-sh/webkit), and then run',
    '"bun build" as in packaging/compile.mjs in the sources of tpks, with your Bun as',
    '--compile-executable-path.',
    '',
    'The pages of the projects under the Mozilla Public License (MPL-2.0) have their sources.',
    '',
    ...allParts.map(([name, license, url]) => `- ${name} (${license}): ${url}`),
  ];
  /** @type {Notice[]} */
  const notices = [
    { title: `Bun ${runtime.version}`, license: 'MIT', texts: [intro.join('\n')] },
    ...listLicenseTexts(),
  ];
  if (nativeModule !== undefined) {
    const title = `${nativeModule.name} ${nativeModule.version}`;
    const texts = [
      readInstalled(target, '@napi-rs/keyring/LICENSE'),
      readInstalled(target, `${nativeModule.name}/LICENSE.third-party.md`),
    ];
    notices.push({ title, license: 'MIT', texts: [texts.join('\n\n')] });
  }
  return notices;
}

/** @returns {Notice[]} the text of each license of the runtime's parts. */
function listLicenseTexts() {
  const identifiers = new Set(allParts.flatMap(([, license]) => license.split(' AND ')));
  return [...identifiers].sort().map((license) => {
    const text = spdxLicenses[license]?.licenseText;
    if (text === undefined)
      throw new Error(`spdx-license-list has no text for the license ${license}`);
    return { title: 'License of parts of Bun', license, texts: [normalizeText(text)] };
  });
}

/** @typedef {{ name: string, version: string, integrity: string }} Package */

/**
 * @param {string} name - a key of `targets`.
 * @returns {{ runtime: Package, nativeModule: Package | undefined }} the packages in the lock file.
 */
function findPackages(name) {
  const { runtime, keychainModule } = findTarget(name);
  const lockFile = /** @type {LockFile} */ (
    JSON.parse(readFileSync(new URL('packaging/runtimes/package-lock.json', repository), 'utf8'))
  );
  const find = (/** @type {string} */ path) => {
    const name = path.split('/').slice(0, 2).join('/');
    const entry = lockFile.packages[`node_modules/${name}`];
    if (entry === undefined) throw new Error(`${name} is not in packaging/runtimes`);
    return { name, version: entry.version, integrity: entry.integrity };
  };
  return {
    runtime: find(runtime),
    nativeModule: keychainModule === undefined ? undefined : find(keychainModule),
  };
}

/**
 * @param {Package} found
 * @param {string} type
 * @returns {Component}
 */
function toComponent({ name, version, integrity }, type) {
  const [group = '', base = ''] = name.split('/');
  const purl = `pkg:npm/${group.replace('@', '%40')}/${base}@${version}`;
  const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  return {
    ...{ type, group, name: base, version, 'bom-ref': purl, purl },
    licenses: [{ license: { id: 'MIT' } }],
    hashes: [{ alg: 'SHA-512', content }],
  };
}

/**
 * @param {typeof allParts[number]} part
 * @returns {Component}
 */
function toPart([name, license, url]) {
  return {
    ...{ type: 'library', name },
    licenses: license.includes(' ') ? [{ expression: license }] : [{ license: { id: license } }],
    externalReferences: [{ type: 'website', url }],
  };
}

/**
 * Reads a file that the build of the binary has installed.
 *
 * @param {string} target
 * @param {string} file - path in node_modules.
 */
function readInstalled(target, file) {
  const path = `node_modules/.cache/standalone/${target}/node_modules/${file}`;
  const url = new URL(path, repository);
  if (!existsSync(url)) throw new Error(`${path} not found: run npm run standalone for ${target}`);
  return normalizeText(readFileSync(url, 'utf8'));
}
