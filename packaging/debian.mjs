/** Texts that Debian requires in a package. The rpm also contains some of them. */

/** Debian requires an email address. GitHub discards mail to this address; users report problems as issues. */
export const maintainer = 'the tpks authors <noreply@github.com>';

/** At most 80 characters, without an article. */
export const synopsis = 'command line for VMware PKS / TKGI clusters and their UAA';

export const details = [
  'tpks replaces the commands pks, tkgi and uaac. It manages clusters, and the',
  'users and clients of the UAA, gets credentials for kubectl, and stores',
  'sessions encrypted.',
].join('\n');

/**
 * @param {string} license - the text of LICENSE.
 * @see https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 */
export function createCopyright(license) {
  const [, holder] = /^Copyright \(c\) (.+)$/m.exec(license) ?? [];
  if (holder === undefined) throw new Error('LICENSE contains no copyright line');
  const text = license.slice(license.indexOf('Permission is hereby granted')).trim().split('\n');
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: tpks',
    'Comment: The program contains other projects. THIRD_PARTY_NOTICES.txt.gz in this folder lists',
    ' them, with their licenses.',
    '',
    'Files: *',
    `Copyright: ${holder}`,
    'License: MIT',
    ...text.map((line) => ` ${line === '' ? '.' : line}`),
    '',
  ].join('\n');
}

/**
 * @param {string} version
 * @param {Date} date
 */
export function createChangelog(version, date) {
  return [
    `tpks (${version}-1) stable; urgency=medium`,
    '',
    `  * Release ${version}. changelog.gz in this folder lists the changes.`,
    '',
    ` -- ${maintainer}  ${date.toUTCString().replace('GMT', '+0000')}`,
    '',
  ].join('\n');
}
