/**
 * Loaded with `--require`. Counts the calls that change a file or send something to the keychain, and
 * kills the process (`kill -9`) just before the call with the number `TPKS_KILL_AT`. The number of
 * calls is written to the file `TPKS_KILL_COUNT` at exit.
 */
const fs = require('node:fs');
const promises = require('node:fs/promises');
const { Socket } = require('node:net');
const process = require('node:process');

const { TPKS_KILL_AT: killAt, TPKS_KILL_COUNT: countFile } = process.env;
const { writeFileSync } = fs;
let calls = 0;

function step() {
  calls += 1;
  if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

/** Counts the calls of a function, except those for which `isRead` returns true. */
function count(owner, name, isRead = () => false) {
  const original = owner[name];
  owner[name] = function counted(...args) {
    if (!isRead(...args)) step();
    return original.apply(this, args);
  };
}

const opensToRead = (_path, flags = 'r') => flags === 'r' || flags === 0;
for (const name of ['writeFile', 'rename', 'rm', 'link', 'unlink', 'chmod', 'mkdir']) {
  count(promises, name);
  count(fs, `${name}Sync`);
}
for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync']) count(fs, name);
count(fs, 'openSync', opensToRead);
count(promises, 'open', opensToRead);

const { open } = promises;
promises.open = async (...args) => {
  const file = await open(...args);
  if (!opensToRead(...args)) {
    for (const name of ['write', 'sync', 'truncate', 'chmod', 'close']) count(file, name);
  }
  return file;
};

count(Socket.prototype, 'write', (data) => !String(data).includes('org.freedesktop.'));

if (countFile !== undefined) process.on('exit', () => writeFileSync(countFile, String(calls)));
