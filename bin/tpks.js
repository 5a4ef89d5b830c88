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
/** @typedef {Partial<Record<string, [start: number, length: number]>>} Entries - by the name of the file in `dist/`. */
/**
 * The open cache file: a line of JSON with the entries, then the code of each file of the bundle, twice.
 * If the copies differ, the disk has damaged one, and V8 would crash. Loading a checksum takes longer.
 *
 * @typedef {{ descriptor: number, codeStart: number, entries: Entries }} CodeCache
 */

const bundle = path.join(__dirname, '../dist');
const entry = './main.cjs';

/** @type {Map<string, LoadedModule>} */
const modules = new Map();
/** @type {Map<string, Script>} */
const scripts = new Map();
/** @type {CodeCache | null | undefined} `null` if there is no usable cache. */
let cache;
let isCacheComplete = true;
/** Identifies the contents of the bundle, because V8 compares only the length of the code. */
let build = '';

/**
 * Loads a file of the bundle, or any other module.
 *
 * @param {string} id - what `require` would load.
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
  const cachedData = id === entry ? undefined : findCompiled(id);
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

/**
 * @param {string} id - of a file of the bundle.
 * @returns its compiled code; `undefined` if the cache does not have it, or has a damaged copy.
 */
function findCompiled(id) {
  if (cache === undefined) cache = openCache();
  try {
    const [start, length] = cache?.entries[id] ?? [];
    if (!cache || start === undefined || length === undefined) return undefined;
    const copies = Buffer.allocUnsafe(2 * length);
    const size = fs.readSync(cache.descriptor, copies, 0, 2 * length, cache.codeStart + start);
    const code = copies.subarray(0, length);
    return size === 2 * length && code.equals(copies.subarray(length)) ? code : undefined;
  } catch {
    // The disk has damaged the entries.
    return undefined;
  }
}

/**
 * @returns the path of the cache file; `undefined` if the cache is turned off.
 * @throws Error if the system does not know the home directory.
 */
function findCacheFile() {
  const { XDG_CACHE_HOME, LOCALAPPDATA, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (build === '' || NODE_DISABLE_COMPILE_CACHE) return undefined;
  const home = process.env['HOME'] || require('node:os').homedir();
  const parent = { win32: LOCALAPPDATA, darwin: path.join(home, 'Library/Caches') }[
    /** @type {string} */ (process.platform)
  ];
  const folder = path.join(parent ?? (XDG_CACHE_HOME || path.join(home, '.cache')), 'tpks');
  // Files in the current folder can come from anyone, e.g. from a repository.
  if (!path.isAbsolute(folder)) return undefined;
  // Another build of the same version of Node can have other functions, which V8 does not detect.
  const { size, mtimeMs } = fs.statSync(process.execPath);
  const node = `${process.version}-${process.platform}-${process.arch}-${size}-${Math.trunc(mtimeMs)}`;
  return path.join(folder, `code-${node}-${build}`);
}

/**
 * Opens the cache. It is ignored if other users can change or replace it, because its code is executed.
 * The file remains open, because each command needs only a part of it.
 *
 * @returns {CodeCache | null}
 */
function openCache() {
  try {
    const file = findCacheFile();
    if (file === undefined || !isPrivateFolder(path.dirname(file))) return null;
    // Windows lacks two of these. Opening a pipe would wait without the last one.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile() || !isPrivate(stats)) return null;
    const bytes = Buffer.allocUnsafe(65_536);
    const size = fs.readSync(descriptor, bytes, 0, bytes.length, 0);
    const end = bytes.subarray(0, size).indexOf('\n');
    /** @type {Entries} */
    const entries = JSON.parse(bytes.toString('latin1', 0, end));
    return { descriptor, codeStart: end + 1, entries };
  } catch {
    // The file does not exist yet, or cannot be read.
    return null;
  }
}

/**
 * Whether only this user can write. Windows has no permission bits like these, and its cache folder
 * belongs to the user.
 *
 * @param {import('node:fs').Stats} stats
 */
function isPrivate(stats) {
  return process.geteuid === undefined || (isOwn(stats) && !isShared(stats));
}

/** @type {(stats: import('node:fs').Stats) => boolean} */
const isOwn = ({ uid }) => uid === process.geteuid?.();
/** @type {(stats: import('node:fs').Stats) => boolean} A private group has the number of its user. */
const isShared = ({ mode, uid, gid }) => (mode & (uid === gid ? 0o002 : 0o022)) !== 0;

/**
 * Whether only this user and root can change a folder, or replace it or one of its parents.
 *
 * @param {string} folder
 */
function isPrivateFolder(folder) {
  if (process.geteuid === undefined) return true;
  if (!isPrivate(fs.statSync(folder))) return false;
  const paths = [...listParents(folder), ...listParents(fs.realpathSync.native(folder))];
  return paths.every((each) => {
    const stats = fs.lstatSync(each);
    const isSafe = (stats.mode & 0o1000) !== 0 || stats.isSymbolicLink() || !isShared(stats);
    return (stats.uid === 0 || isOwn(stats)) && isSafe;
  });
}

/** @type {(folder: string) => string[]} The folder and all folders above it. */
function listParents(folder) {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...listParents(parent)];
}

/**
 * Writes the code of all functions that were compiled in this run or are in the old cache. Fails
 * silently, because tpks also works with a read-only home directory.
 */
function writeCache() {
  // After a while, V8 drops the code of functions that are no longer called.
  if (isCacheComplete || process.uptime() > 10) return;
  try {
    const file = findCacheFile();
    if (file === undefined || !createCacheFolder(path.dirname(file))) return;
    /** @type {Entries} */
    const entries = {};
    const copies = [];
    let start = 0;
    for (const name of new Set([...Object.keys(cache?.entries ?? {}), ...scripts.keys()])) {
      const code = scripts.get(name)?.createCachedData() ?? findCompiled(name);
      if (code === undefined) continue;
      entries[name] = [start, code.length];
      copies.push(code, code);
      start += 2 * code.length;
    }
    replaceFile(file, Buffer.concat([Buffer.from(`${JSON.stringify(entries)}\n`), ...copies]));
    removeOldCaches(path.dirname(file));
  } catch {
    // The next run tries again.
  }
}

/**
 * Creates the folder of the cache and the one above it, but only in a folder of this user: with sudo, HOME
 * may be the home directory of another user, who could not use or delete them.
 *
 * @param {string} folder
 * @returns whether the cache can be written to the folder.
 */
function createCacheFolder(folder) {
  const nearest = listParents(folder).find((each) => fs.existsSync(each));
  if (nearest === undefined || !isPrivateFolder(nearest)) return false;
  // Root could write to a read-only folder, but it must stay unchanged.
  if ((fs.statSync(nearest).mode & 0o200) === 0) return false;
  // Not recursive: Node would never return if the parent is in a file system such as /proc.
  for (const each of [path.dirname(folder), folder]) {
    if (!fs.existsSync(each)) fs.mkdirSync(each, { mode: 0o700 });
  }
  return isPrivateFolder(folder);
}

/** @type {(file: string, bytes: Buffer) => void} */
function replaceFile(file, bytes) {
  const temporary = `${file}-${process.pid}.tmp`;
  try {
    const descriptor = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(descriptor, bytes);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
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
