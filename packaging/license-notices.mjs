/** Formats licenses for the text file that is distributed with the program. */

/** @import { Component, LicenseText } from './bill-of-materials.mjs' */

/**
 * @typedef {object} Notice
 * @property {string} title - the name and version of the package.
 * @property {string} license - its identifier, e.g. MIT.
 * @property {string[]} texts
 */

/**
 * @param {readonly string[]} intro - lines above the list of packages.
 * @param {readonly Notice[]} notices
 */
export function formatNotices(intro, notices) {
  const list = notices.map(({ title, license }) => `- ${title} (${license})`);
  const sections = notices.map(({ title, license, texts }) =>
    ['='.repeat(80), `${title} (${license})`, '='.repeat(80), '', texts.join('\n')].join('\n'),
  );
  return `${[[...intro, '', ...list].join('\n'), ...sections].join('\n\n')}\n`;
}

/**
 * @param {readonly Component[]} components
 * @returns {Notice[]} sorted by title.
 */
export function toNotices(components) {
  // Sort by code units, so that the order does not depend on the locale.
  return components.map(toNotice).sort((a, b) => (a.title < b.title ? -1 : 1));
}

/**
 * @param {Component} component
 * @returns {Notice}
 */
function toNotice({ group, name, version = '', licenses = [], evidence = {} }) {
  const title = `${group === undefined ? '' : `${group}/`}${name} ${version}`;
  const declaredLicenses = licenses.map(
    ({ license, expression }) => expression ?? license.id ?? license.name,
  );
  const texts = (evidence.licenses ?? []).flatMap(({ license }) =>
    license?.text ? [toText(license.text)] : [],
  );
  if (declaredLicenses.length === 0 || texts.length === 0) {
    throw new Error(`${title} has no license or no license text: add it in ${import.meta.url}`);
  }
  return { title, license: declaredLicenses.join(', '), texts };
}

/** @param {LicenseText} text */
function toText({ content, encoding }) {
  return normalizeText(
    encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content,
  );
}

/**
 * Removes carriage returns and trailing spaces, which differ between releases of a package.
 *
 * @param {string} text
 */
export function normalizeText(text) {
  return text.replaceAll(/[ \t]*\r?\n/g, '\n').trim();
}
