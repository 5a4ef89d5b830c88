#!/usr/bin/env node
/**
 * Starts tpks from the files in `dist/`. It loads them itself instead of with `require`, so that it can
 * cache the code that V8 compiles from them. Without this cache, compiling takes a fifth of the time of
 * a command (measured with `token`; the cache of `module.enableCompileCache` saves only a third of it).
 */
const fs = require('node:fs');
const path = require('node:path');
const { Script } = require('node:vm');

/** @typedef {{ exports: unknown }} LoadedModule */
/** @typedef {Map<string, Buffer>} CodeCache - compiled code by the name of the file in `dist/`. */

const bundle = path.join(__dirname, '../dist');
const entry = './main.cjs';
const home = findHome();

/** @type {Map<string, LoadedModule>} */
const modules = new Map();
/** @type {Map<string, Script>} */
const scripts = new Map();
/** @type {CodeCache | undefined} */
let cache;
let isCacheComplete = true;
/** Identifies the content of the bundle: V8 compares only the lengths of the code. */
let build = '';

/**
 * Loads a file of the bundle, or any other module.
 *
 * @param {string} id - as in `require`.
 * @returns {unknown}
 */
function load(id) {
  if (!id.startsWith('./')) return /** @type {unknown} */ (require(id));
  const loaded = modules.get(id);
  if (loaded !== undefined) return loaded.exports;
  /** @type {LoadedModule} */
  const module = { exports: {} };
  modules.set(id, module);
  const filename = path.join(bundle, id);
  // The build writes only ASCII characters.
  const code = fs.readFileSync(filename, 'latin1');
  if (id === entry) build = /\n\/\/ build (\w+)\n$/.exec(code)?.[1] ?? '';
  const parameters = 'exports, require, module, __filename, __dirname';
  const start = `(function (${parameters}) { `;
  const cachedData = id === entry ? undefined : (cache ??= readCache()).get(id);
  const script = new Script(`${start}${code}\n})`, {
    filename,
    columnOffset: -start.length,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (id !== entry) {
    scripts.set(id, script);
    if (script.cachedDataRejected !== false) isCacheComplete = false;
  }
  /** @type {(...values: unknown[]) => void} */
  const run = script.runInThisContext();
  run(module.exports, load, module, filename, bundle);
  return module.exports;
}

/** @returns the home folder; `undefined` if `HOME` is not set and the system does not know the user. */
function findHome() {
  try {
    return process.env['HOME'] || require('node:os').homedir();
  } catch {
    return undefined;
  }
}

/** @returns the file of the cache; `undefined` if there is no cache. */
function findCacheFile() {
  const { XDG_CACHE_HOME, LOCALAPPDATA, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (build === '' || NODE_DISABLE_COMPILE_CACHE || home === undefined) return undefined;
  const parent = { win32: LOCALAPPDATA, darwin: path.join(home, 'Library/Caches') }[
    /** @type {string} */ (process.platform)
  ];
  const folder = path.join(parent ?? XDG_CACHE_HOME ?? path.join(home, '.cache'), 'tpks');
  return path.join(folder, `code-${process.version}-${process.arch}-${build}`);
}

/**
 * Reads the cache. It is ignored if other users can write to it, because its code is executed.
 *
 * @returns {CodeCache}
 */
function readCache() {
  /** @type {CodeCache} */
  const codeOf = new Map();
  try {
    const file = findCacheFile();
    if (file === undefined || !isPrivate(fs.lstatSync(path.dirname(file)))) return codeOf;
    const descriptor = fs.openSync(file, 'r');
    try {
      if (!isPrivate(fs.fstatSync(descriptor))) return codeOf;
      const bytes = fs.readFileSync(descriptor);
      const headerEnd = bytes.indexOf('\n');
      /** @type {[name: string, length: number][]} */
      const entries = JSON.parse(bytes.toString('latin1', 0, headerEnd));
      let start = headerEnd + 1;
      for (const [name, length] of entries) {
        codeOf.set(name, bytes.subarray(start, start + length));
        start += length;
      }
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // There is no cache yet, or it cannot be read.
  }
  return codeOf;
}

/**
 * Whether only this user can write. Windows has no permissions of this kind; its folder for caches
 * belongs to the user.
 *
 * @param {import('node:fs').Stats} stats
 */
function isPrivate({ uid, mode }) {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);
}

/**
 * Writes the code of all functions that were compiled in this run or are in the old cache. Fails
 * silently, because tpks also works with a read-only home directory.
 */
function writeCache() {
  const file = findCacheFile();
  // After a while, V8 drops the code of functions that are no longer called.
  if (isCacheComplete || file === undefined || process.uptime() > 10) return;
  const folder = path.dirname(file);
  const temporary = `${file}-${process.pid}.tmp`;
  try {
    // With sudo, HOME may be the home directory of another user, who could not use or delete the files.
    if (home === undefined || !isPrivate(fs.statSync(home))) return;
    // Not recursive: Node would never return if the parent is in a file system such as /proc.
    for (const each of [path.dirname(folder), folder]) {
      if (!fs.existsSync(each)) fs.mkdirSync(each, { mode: 0o700 });
    }
    if (!isPrivate(fs.lstatSync(folder))) return;
    const codeOf = new Map(cache);
    for (const [name, script] of scripts) codeOf.set(name, script.createCachedData());
    const header = JSON.stringify([...codeOf].map(([name, { length }]) => [name, length]));
    const descriptor = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(descriptor, Buffer.concat([Buffer.from(`${header}\n`), ...codeOf.values()]));
      // V8 does not notice damaged code, so the file must be complete even after a power failure.
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
    removeOldCaches(folder);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

/** @param {string} folder */
function removeOldCaches(folder) {
  const monthMilliseconds = 30 * 24 * 3600 * 1000;
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const isOld = Date.now() - fs.statSync(file).mtimeMs > monthMilliseconds;
    if (name.startsWith('code-') && isOld) fs.unlinkSync(file);
  }
}

const { main } = /** @type {typeof import('../src/main.js')} */ (load(entry));
process.on('exit', writeCache);
// If the event loop becomes empty before the command has a result, this must not count as success.
process.exitCode = 1;
void main(process).then((code) => (process.exitCode = code));
