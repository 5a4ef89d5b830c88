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
/** @typedef {{ code: Buffer, digest: string }} Compiled - the compiled code of a file. */
/** @typedef {Map<string, Compiled>} CodeCache - by the name of the file in `dist/`. */

const bundle = path.join(__dirname, '../dist');
const entry = './main.cjs';

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
 * @returns its compiled code; `undefined` if it is not in the cache, or if the disk has damaged it: V8
 *   does not notice that, and crashes.
 */
function findCompiled(id) {
  cache ??= readCache();
  const { code, digest } = cache.get(id) ?? {};
  return code !== undefined && hash(code) === digest ? code : undefined;
}

/** @param {Buffer} code */
function hash(code) {
  // Loads in 0.6 ms, `node:crypto` in 1.6 ms.
  const { crc32 } = /** @type {{ crc32?: (data: Buffer) => number }} */ (require('node:zlib'));
  if (crc32 !== undefined) return String(crc32(code));
  // Node 20.14 and older.
  return require('node:crypto').createHash('sha256').update(code).digest('hex');
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
  // Another build of the same version of Node can have other functions, and V8 does not notice that.
  const { size, mtimeMs } = fs.statSync(process.execPath);
  const node = `${process.version}-${process.platform}-${process.arch}-${size}-${Math.trunc(mtimeMs)}`;
  return path.join(folder, `code-${node}-${build}`);
}

/**
 * Reads the cache. It is ignored if other users can change or replace it, because its code is executed.
 *
 * @returns {CodeCache}
 */
function readCache() {
  /** @type {CodeCache} */
  const compiled = new Map();
  try {
    const file = findCacheFile();
    if (file === undefined || !isPrivateFolder(path.dirname(file))) return compiled;
    // Windows lacks two of these. Opening a pipe would wait without the last one.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fs.fstatSync(descriptor);
      if (!stats.isFile() || !isPrivate(stats)) return compiled;
      const bytes = fs.readFileSync(descriptor);
      const headerEnd = bytes.indexOf('\n');
      /** @type {[name: string, length: number, digest: string][]} */
      const entries = JSON.parse(bytes.toString('latin1', 0, headerEnd));
      let start = headerEnd + 1;
      for (const [name, length, digest] of entries) {
        compiled.set(name, { code: bytes.subarray(start, start + length), digest });
        start += length;
      }
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // The file does not exist yet, or cannot be read.
  }
  return compiled;
}

/**
 * Whether only this user can write. Windows has no permissions of this kind; its folder for caches
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
    const compiled = new Map(cache);
    for (const [name, script] of scripts) {
      const code = script.createCachedData();
      compiled.set(name, { code, digest: hash(code) });
    }
    const entries = Array.from(compiled, ([name, { code, digest }]) => [name, code.length, digest]);
    const header = Buffer.from(`${JSON.stringify(entries)}\n`);
    const codes = Array.from(compiled.values(), ({ code }) => code);
    replaceFile(file, Buffer.concat([header, ...codes]));
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
