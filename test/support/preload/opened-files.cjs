/**
 * Preloaded into tpks: at exit, writes the paths of the files in TPKS_HOME that it opened to the file
 * OPENED_FILES, one per line, and a line `fsync` for each call of fsync.
 */
const fs = require('node:fs');
const process = require('node:process');

const home = `${process.env.TPKS_HOME ?? ''}/`;
/** @type {string[]} */
const opened = [];
const openSync = fs.openSync.bind(fs);

fs.openSync = (path, ...options) => {
  if (String(path).startsWith(home) && options[0] !== 'a') opened.push(String(path));
  return openSync(path, ...options);
};
const fsyncSync = fs.fsyncSync.bind(fs);
fs.fsyncSync = (descriptor) => {
  opened.push('fsync');
  fsyncSync(descriptor);
};
process.on('exit', () => {
  fs.writeFileSync(process.env.OPENED_FILES ?? '', opened.join('\n'));
});
