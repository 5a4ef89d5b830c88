#!/usr/bin/env node
// A variable, so that TypeScript does not check the bundle.
const bundle = '../dist/main.cjs';
/** @type {typeof import('../src/main.js')} */
const { main } = require(bundle);
// If the event loop becomes empty before the command has a result, this must not count as success.
process.exitCode = 1;
void main(process).then((code) => (process.exitCode = code));
