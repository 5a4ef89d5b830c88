/** The platforms that tpks is built for as a standalone binary. */

/**
 * @typedef {object} Target
 * @property {string} os - for `npm ci --os`.
 * @property {string} cpu - for `npm ci --cpu`.
 * @property {'glibc' | 'musl'} [libc] - for `npm ci --libc`.
 * @property {string} runtime - path of the runtime in `node_modules`.
 * @property {string} [keychainModule] - path of the native keychain module in `node_modules`. Absent on
 *   Linux, where tpks calls the Secret Service without a native module.
 * @property {string} compileTarget - the runtime's own name of the platform.
 * @property {string} file - the name of the binary.
 * @property {RegExp} fileType - what `file` prints about the binary.
 * @property {string} [unfinished] - what the build leaves to the release workflow. `--target all` omits
 *   such targets.
 */

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  'linux-x64': {
    ...{ os: 'linux', cpu: 'x64', libc: 'glibc', file: 'tpks' },
    ...{ runtime: '@oven/bun-linux-x64/bin/bun', compileTarget: 'bun-linux-x64' },
    fileType: /^ELF 64-bit LSB executable, x86-64, .*interpreter \/lib64\/ld-linux-x86-64\.so\.2/,
  },
  'linux-arm64': {
    ...{ os: 'linux', cpu: 'arm64', libc: 'glibc', file: 'tpks' },
    ...{ runtime: '@oven/bun-linux-aarch64/bin/bun', compileTarget: 'bun-linux-arm64' },
    fileType:
      /^ELF 64-bit LSB executable, ARM aarch64, .*interpreter \/lib\/ld-linux-aarch64\.so\.1/,
  },
  'linux-x64-musl': {
    ...{ os: 'linux', cpu: 'x64', libc: 'musl', file: 'tpks' },
    ...{ runtime: '@oven/bun-linux-x64-musl/bin/bun', compileTarget: 'bun-linux-x64-musl' },
    fileType: /^ELF 64-bit LSB executable, x86-64, .*interpreter \/lib\/ld-musl-x86_64\.so\.1/,
  },
  'linux-arm64-musl': {
    ...{ os: 'linux', cpu: 'arm64', libc: 'musl', file: 'tpks' },
    ...{ runtime: '@oven/bun-linux-aarch64-musl/bin/bun', compileTarget: 'bun-linux-arm64-musl' },
    fileType:
      /^ELF 64-bit LSB executable, ARM aarch64, .*interpreter \/lib\/ld-musl-aarch64\.so\.1/,
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
 * @param {string} [list] - names with commas, or `all`. The default is all targets that need no further
 *   steps.
 * @returns the names of the targets.
 */
export function selectReleaseTargets(list) {
  const known = Object.keys(targets);
  if (list === undefined) return known.filter((name) => !targets[name]?.unfinished);
  const names = list === 'all' ? known : list.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`Unknown target: ${unknown} (choose from ${known.join(', ')}, all)`);
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
 * Returns the target of this machine, whose runtime builds all targets.
 *
 * @returns {Target & { readonly name: string }}
 */
export function findHostTarget() {
  const { platform, arch } = process;
  const libc = platform === 'linux' ? findLibc() : undefined;
  const found = Object.entries(targets).find(
    ([, { os, cpu, libc: other }]) => os === platform && cpu === arch && other === libc,
  );
  if (found === undefined) throw new Error(`tpks cannot be built on ${platform} ${arch}`);
  const [name, target] = found;
  return { ...target, name };
}

function findLibc() {
  const { header } = /** @type {{ header: object }} */ (process.report.getReport());
  return 'glibcVersionRuntime' in header ? 'glibc' : 'musl';
}
