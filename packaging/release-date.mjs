/** The date in generated files, which does not depend on the time of the build. */
import { readFileSync } from 'node:fs';

/**
 * @returns the time in `SOURCE_DATE_EPOCH` if it is set, and otherwise the date of the newest release in
 *   CHANGELOG.md.
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function getReleaseDate() {
  const { SOURCE_DATE_EPOCH: epoch } = process.env;
  if (epoch !== undefined) {
    if (!/^\d+$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH is not a number: ${epoch}`);
    return new Date(Number(epoch) * 1000);
  }
  const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
  const [, date] = /^## \[[\d.]+\] - (\d{4}-\d{2}-\d{2})$/m.exec(changelog) ?? [];
  if (date === undefined) throw new Error('CHANGELOG.md contains no release with a date');
  return new Date(`${date}T00:00:00Z`);
}
