/** The platforms that tpks is built for as a standalone binary. */

/**
 * @typedef {object} Target
 * @property {string} os - for `npm ci --os`.
 * @property {string} cpu - for `npm ci --cpu`.
 * @property {'glibc' | 'musl'} [libc] - for `npm ci --libc`.
 * @property {string} runtime - the package with the runtime, in `packaging/runtimes`.
 * @property {string} compileTarget - the runtime's own name of the platform.
 * @property {string} file - the name of the binary.
 */

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  'linux-x64': {
    ...{ os: 'linux', cpu: 'x64', libc: 'glibc' },
    ...{ runtime: '@oven/bun-linux-x64/bin/bun', compileTarget: 'bun-linux-x64', file: 'tpks' },
  },
};
