#!/usr/bin/env node
const { main } = require('../dist/main.cjs');
// An event loop that runs empty before the command has a result must not count as success.
process.exitCode = 1;
main(process).then((code) => (process.exitCode = code));
