/** Archives whose bytes depend only on the names and the contents of the files. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { releaseDate } from './release-date.mjs';

/**
 * Writes `NAME.tar.gz`, or `NAME.zip` if one of the files is for Windows, whose Explorer
 * cannot unpack .tar.gz before Windows 11. Needs GNU tar and gzip, or zip.
 *
 * @param {string} name
 * @param {string} folder - the folder to write the archive to.
 * @param {string[]} files - their base names are the names in the archive.
 */
export function archive(name, folder, files) {
  const staging = mkdtempSync(join(tmpdir(), 'tpks-archive-'));
  try {
    const names = files.map((file) => basename(file)).sort();
    for (const file of files) stage(file, join(staging, basename(file)));
    const options = { cwd: staging, env: { ...process.env, TZ: 'UTC' } };
    if (names.some((each) => each.endsWith('.exe'))) {
      execFileSync('zip', ['-qX', join(folder, `${name}.zip`), ...names], options);
    } else {
      execFileSync(
        'tar',
        [
          ...['--owner=0', '--group=0', '--numeric-owner', '--format=ustar'],
          ...['--use-compress-program=gzip -n', '-cf', join(folder, `${name}.tar.gz`), ...names],
        ],
        options,
      );
    }
  } finally {
    rmSync(staging, { recursive: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function stage(from, to) {
  copyFileSync(from, to);
  chmodSync(to, /^tpks(?:\.exe)?$/.test(basename(to)) ? 0o755 : 0o644);
  utimesSync(to, releaseDate(), releaseDate());
}
