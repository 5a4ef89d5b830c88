/**
 * `npm run --silent tpks -- ARGUMENTS`: runs the program from source, and builds it first if a
 * source has changed.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build-if-needed.mjs';

buildIfNeeded();
const program = fileURLToPath(new URL('../bin/tpks.js', import.meta.url));
process.argv[1] = program;
createRequire(import.meta.url)(program);
