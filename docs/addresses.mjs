/**
 * Keeps the addresses and versions in the install instructions up to date: `npm run docs` copies
 * `repository` and `version` from `package.json`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** @typedef {{ version: string, repository: { url: string } }} Manifest */

const files = ['docs/install.md', 'docs/ci.md', 'docs/uninstalling.md', 'Dockerfile'];

/**
 * @param {string} text
 * @param {Manifest} manifest
 * @returns the text with the addresses and the version of the manifest.
 */
export function replaceAddresses(text, { version, repository }) {
  const [, name, owner] = /github\.com\/(([^/]+)\/.+)\.git$/.exec(repository.url) ?? [];
  if (name === undefined || owner === undefined) throw new Error('repository is not on GitHub');
  return text
    .replace(/(github\.com\/|ghcr\.io\/|--repo )[\w-]+\/[\w.-]*\w/g, `$1${name}`)
    .replace(/(brew install )[\w-]+(\/tap\/)/g, `$1${owner}$2`)
    .replace(/(download v|download\/v|\/[\w-]+:|tag: |tpks[_-])\d+\.\d+\.\d+\b/g, `$1${version}`);
}

/**
 * @param {string} root - the folder of the repository.
 * @returns the current and the correct text of each file.
 */
export async function readAddressFiles(root) {
  const read = (/** @type {string} */ file) => readFile(join(root, file), 'utf8');
  const manifest = /** @type {Manifest} */ (JSON.parse(await read('package.json')));
  return Promise.all(
    files.map(async (file) => {
      const current = await read(file);
      const text = replaceAddresses(current, manifest);
      // A longer address changes the width of a table.
      const path = join(root, file);
      const isMarkdown = file.endsWith('.md');
      const options = { ...(await resolveConfig(path)), filepath: path };
      return { file, current, text: isMarkdown ? await format(text, options) : text };
    }),
  );
}

/** @param {string} root */
export async function writeAddresses(root) {
  for (const { file, current, text } of await readAddressFiles(root)) {
    if (text !== current) await writeFile(join(root, file), text);
  }
}
