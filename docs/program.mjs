/**
 * The parts of the program from which generate.mjs creates the command pages. It bundles this file.
 */
export { defineCommand } from '../src/commands/contents.ts';
export { contents } from '../src/commands/index.ts';
export { createProgram } from '../src/program.ts';
