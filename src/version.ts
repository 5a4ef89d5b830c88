/** The same as in package.json; a test holds them together. */
export const version = '0.1.0';

/**
 * What `--version` prints. Through a link it has the form that scripts of the original take apart,
 * with tpks's own number.
 *
 * @param name - the word that the program was called by.
 * @see pks-cli, section 1
 */
export function versionText(name: string): string {
  return name === 'pks' || name === 'tkgi'
    ? `\n${name.toUpperCase()} CLI version: ${version}`
    : `tpks ${version}`;
}
