/** The platforms of the standalone binary. */

/**
 * @typedef {object} Target
 * @property {string} os - for `npm ci --os`.
 * @property {string} cpu - for `npm ci --cpu`.
 * @property {string} runtime - path of the runtime in `node_modules`.
 * @property {string} [keychainModule] - path of the native keychain module in `node_modules`. Absent on
 *   Linux, where tpks calls the Secret Service without a native module.
 * @property {string} compileTarget - the runtime's name for the platform.
 * @property {string} file - the name of the binary.
 * @property {RegExp} fileType - what `file` prints about the binary.
 * @property {string} [unfinished] - warning about a step that the release workflow must complete.
 */

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  'linux-x64': {
    ...{ os: 'linux', cpu: 'x64', file: 'tpks' },
    ...{ runtime: '@oven/bun-linux-x64/bin/bun', compileTarget: 'bun-linux-x64' },
    fileType: /^ELF 64-bit LSB executable, x86-64, .*interpreter \/lib64\/ld-linux-x86-64\.so\.2/,
  },
  'linux-arm64': {
    ...{ os: 'linux', cpu: 'arm64', file: 'tpks' },
    ...{ runtime: '@oven/bun-linux-aarch64/bin/bun', compileTarget: 'bun-linux-arm64' },
    fileType:
      /^ELF 64-bit LSB executable, ARM aarch64, .*interpreter \/lib\/ld-linux-aarch64\.so\.1/,
  },
  'darwin-arm64': {
    ...{ os: 'darwin', cpu: 'arm64', file: 'tpks' },
    ...{ runtime: '@oven/bun-darwin-aarch64/bin/bun', compileTarget: 'bun-darwin-arm64' },
    keychainModule: '@napi-rs/keyring-darwin-arm64/keyring.darwin-arm64.node',
    fileType: /^Mach-O 64-bit arm64 executable/,
  },
  'darwin-x64': {
    ...{ os: 'darwin', cpu: 'x64', file: 'tpks' },
    ...{ runtime: '@oven/bun-darwin-x64/bin/bun', compileTarget: 'bun-darwin-x64' },
    keychainModule: '@napi-rs/keyring-darwin-x64/keyring.darwin-x64.node',
    fileType: /^Mach-O 64-bit x86_64 executable/,
    unfinished:
      'the signature of this binary is invalid until rcodesign signs it, as the release workflow does',
  },
  'windows-x64': {
    ...{ os: 'win32', cpu: 'x64', file: 'tpks.exe' },
    ...{ runtime: '@oven/bun-windows-x64/bin/bun.exe', compileTarget: 'bun-windows-x64' },
    keychainModule: '@napi-rs/keyring-win32-x64-msvc/keyring.win32-x64-msvc.node',
    fileType: /^PE32\+ executable .*\(console\) x86-64/,
  },
};

/**
 * @param {string} list - names of targets, separated by commas, or `all`.
 * @returns the names.
 */
export function parseTargets(list) {
  const names = list === 'all' ? Object.keys(targets) : list.split(',');
  names.forEach(findTarget);
  return names;
}

/**
 * @param {string} name - a key of `targets`.
 * @returns {Target}
 */
export function findTarget(name) {
  const target = targets[name];
  if (target !== undefined) return target;
  throw new Error(`Unknown target: ${name} (choose from ${Object.keys(targets).join(', ')})`);
}

/**
 * Returns the target of this machine. Its runtime builds all targets.
 *
 * @returns {Target & { readonly name: string }}
 */
export function findHostTarget() {
  const { platform, arch } = process;
  const entry = Object.entries(targets).find(([, { os, cpu }]) => os === platform && cpu === arch);
  if (entry === undefined) throw new Error(`tpks cannot be built on ${platform} ${arch}`);
  const [name, target] = entry;
  return { ...target, name };
}
