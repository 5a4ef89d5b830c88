/**
 * Entry point of the standalone binary. Its runtime sets `argv[1]` to a path inside the binary, so
 * this sets the path that the user typed, for links such as `pks` and `uaac`.
 */
import process from 'node:process';
import { start } from './cli/start.js';
import { findOwnPath } from './platform/config/own-path.js';

process.argv[1] = findOwnPath(process);
// tpks always verifies certificates, unless `-k` is given, but the runtime would print a warning.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
// The runtime's `fetch` would print the headers and bodies of all requests. Deleting it has no effect.
if (process.env.BUN_CONFIG_VERBOSE_FETCH) process.env.BUN_CONFIG_VERBOSE_FETCH = '0';
start(process);
