/**
 * `node tools/docs/page-picture.mjs PAGE.html PICTURE.png`: takes a screenshot of the top of an HTML page, such as the
 * page that `tpks access --html` writes. Requires chromium on the PATH.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Pictures are stored in the repository, so they must be small. */
const maximumBytes = 200_000;

const [page, picture] = process.argv.slice(2);
if (page === undefined || picture === undefined) {
  throw new Error('Usage: node tools/docs/page-picture.mjs PAGE.html PICTURE.png');
}
execFileSync(
  'chromium',
  [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
    '--window-size=1200,1000',
    `--screenshot=${resolve(picture)}`,
    pathToFileURL(resolve(page)).href,
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
const { size } = statSync(picture);
if (size > maximumBytes) throw new Error(`${picture} has ${size} bytes, more than ${maximumBytes}`);
console.log(`Created ${picture} (${size} bytes)`);
