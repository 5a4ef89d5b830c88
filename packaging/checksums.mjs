/** SHA256SUMS, which users check with `sha256sum --check --ignore-missing SHA256SUMS`. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const checksumFile = 'SHA256SUMS';

/**
 * @param {string} folder
 * @returns {Map<string, string>} the SHA-256 digest of each file in the folder, in hexadecimal.
 */
export function readChecksums(folder) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== checksumFile)
    .map(({ name }) => name)
    .sort();
  return new Map(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/**
 * Writes SHA256SUMS in the format of sha256sum.
 *
 * @param {string} folder
 * @returns the digests.
 */
export function writeChecksums(folder) {
  const checksums = readChecksums(folder);
  const lines = [...checksums].map(([name, digest]) => `${digest}  ${name}\n`);
  writeFileSync(join(folder, checksumFile), lines.join(''));
  return checksums;
}
