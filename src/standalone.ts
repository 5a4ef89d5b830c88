/**
 * Entry point of the standalone binary. Its runtime sets `argv[1]` to a path inside the binary, so
 * this sets the path that the user typed, for links such as `pks` and `uaac`.
 */
import process from 'node:process';
import { main } from './main.js';
import { findOwnPath } from './own-path.js';

process.argv[1] = findOwnPath(process);
// tpks always verifies certificates, unless `-k` is given, but the runtime would print a warning.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
// The runtime's `fetch` would print the headers and bodies of all requests. Deleting it has no effect.
if (process.env.BUN_CONFIG_VERBOSE_FETCH) process.env.BUN_CONFIG_VERBOSE_FETCH = '0';
// If the event loop becomes empty before the command has a result, this must not count as success.
process.exitCode = 1;
// Not `await`: this runtime would then wait forever if the event loop becomes empty.
void main(process).then((code) => {
  process.exitCode = code;
});
