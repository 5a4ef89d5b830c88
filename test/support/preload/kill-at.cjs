/**
 * Preloaded into tpks: counts the calls that change a file or send data to the keychain, and kills
 * the process with SIGKILL before the call with the number TPKS_KILL_AT. If TPKS_KILL_CALLS is set, only
 * calls whose name and path match this pattern are counted. At exit, it writes the
 * number of calls to the file TPKS_KILL_COUNT, and to the file TPKS_KILL_LIST one line for each call:
 * the name of the function, and the path that it changes if it was passed one.
 */
const fs = require('node:fs');
const promises = require('node:fs/promises');
const { Socket } = require('node:net');
const process = require('node:process');

const { TPKS_KILL_AT: killAt, TPKS_KILL_COUNT: countFile, TPKS_KILL_LIST: listFile } = process.env;
const countedCalls = new RegExp(process.env.TPKS_KILL_CALLS ?? '');
const { writeFileSync } = fs;
const { O_RDWR, O_WRONLY } = fs.constants;
/** @type {string[]} */
const calls = [];

/** @typedef {(...args: unknown[]) => unknown} AnyFunction */

/**
 * @param {string} name
 * @param {unknown[]} args
 */
function countCall(name, args) {
  const path = name.startsWith('rename') ? args[1] : args[0];
  const call = typeof path === 'string' && path.startsWith('/') ? `${name} ${path}` : name;
  if (!countedCalls.test(call)) return;
  calls.push(call);
  if (calls.length === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

/**
 * Replaces a method with one that also counts its calls, except those for which `isRead` returns
 * true.
 *
 * @param {object} owner
 * @param {string} name
 * @param {(...args: unknown[]) => boolean} isRead
 */
function countCalls(owner, name, isRead = () => false) {
  const methods = /** @type {Record<string, AnyFunction>} */ (owner);
  const original = methods[name];
  if (original === undefined) throw new Error(`No method ${name}`);
  methods[name] = function (...args) {
    if (!isRead(...args)) countCall(name, args);
    return original.apply(this, args);
  };
}

/**
 * @param {unknown} _path
 * @param {unknown} flags
 */
const isOpenForReading = (_path, flags = 'r') =>
  flags === 'r' || (typeof flags === 'number' && (flags & (O_WRONLY | O_RDWR)) === 0);
for (const name of ['writeFile', 'rename', 'rm', 'link', 'unlink', 'chmod', 'mkdir']) {
  countCalls(promises, name);
  countCalls(fs, `${name}Sync`);
}
for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync']) countCalls(fs, name);
countCalls(fs, 'openSync', isOpenForReading);
countCalls(promises, 'open', isOpenForReading);

const { open } = promises;
promises.open = async (path, flags, mode) => {
  const file = await open(path, flags, mode);
  if (!isOpenForReading(path, flags)) {
    for (const name of ['write', 'sync', 'truncate', 'chmod', 'close']) countCalls(file, name);
  }
  return file;
};

countCalls(Socket.prototype, 'write', (data) => !String(data).includes('org.freedesktop.'));

if (countFile !== undefined)
  process.on('exit', () => writeFileSync(countFile, String(calls.length)));
if (listFile !== undefined) process.on('exit', () => writeFileSync(listFile, calls.join('\n')));
