/** The Rust crates in the runtime. */

/**
 * The crates that Bun links, by license. If a crate may be used under one of several licenses, this is
 * the license that was chosen. Macros and build scripts are omitted, because the runtime does not contain
 * them.
 *
 * @see https://github.com/oven-sh/bun/blob/0029e923eae203260fd5fc04013b45cabeeb612d/Cargo.lock - the list
 *   at this commit, not at the tag of the runtime. `cargo metadata` shows the licenses.
 */
const cratesByLicense = {
  MIT: [
    ...['allocator-api2', 'arrayvec', 'base64', 'bcrypt', 'bitflags', 'blake2', 'blake2b_simd'],
    ...['block-buffer', 'blowfish', 'bstr', 'bumpalo', 'bytemuck', 'byteorder', 'cfg-if', 'cipher'],
    ...['cpufeatures', 'crossbeam-utils', 'crypto-common', 'derive_more', 'digest', 'dtoa'],
    ...['enum-map', 'enumset', 'errno', 'fastrand', 'generic-array', 'getrandom', 'hashbrown'],
    ...['inout', 'itoa', 'keccak', 'libc', 'linux-raw-sys', 'log', 'memchr', 'mime'],
    ...['new_debug_unreachable', 'phf', 'precomputed-hash', 'rust-argon2', 'rustc-hash', 'rustix'],
    ...['scopeguard', 'servo_arc', 'sha3', 'siphasher', 'smallvec', 'stable_deref_trait', 'strum'],
    ...['thiserror', 'typed-arena', 'typenum', 'zeroize'],
  ],
  'MIT AND BSD-3-Clause': ['encoding_rs'],
  'Apache-2.0': ['constant_time_eq'],
  'BSD-2-Clause': ['arrayref'],
  'BSD-3-Clause': ['subtle'],
  'MPL-2.0': ['cssparser', 'dtoa-short', 'selectors'],
  Zlib: ['const_format', 'foldhash', 'konst'],
};

/** @type {readonly (readonly [name: string, license: string, url: string])[]} */
export const runtimeCrates = [
  ['Rust standard library', 'MIT', 'https://github.com/rust-lang/rust'],
  ...Object.entries(cratesByLicense)
    .flatMap(([license, names]) =>
      names.map(
        (name) => /** @type {const} */ ([name, license, `https://crates.io/crates/${name}`]),
      ),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1)),
];
