/**
 * Entry point of the standalone binary. Its runtime sets `argv[1]` to a path inside the binary, so
 * this sets the name that the user typed, for links such as `pks` and `uaac`.
 */
import process from 'node:process';
import { main } from './main.js';

process.argv[1] = process.argv0;
// In a snap, conf would overwrite the settings file instead of replacing it.
delete process.env['SNAP'];
// If the event loop becomes empty before the command has a result, this must not count as success.
process.exitCode = 1;
// Not `await`: this runtime would then wait for ever if the event loop becomes empty.
void main(process).then((code) => {
  process.exitCode = code;
});
