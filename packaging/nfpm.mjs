/** Installs nfpm, which builds the packages. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The newest version whose dependencies are all available in the proxy for Go modules.
 *
 * @see https://nfpm.goreleaser.com
 */
const version = '2.45.2';

/**
 * Builds nfpm on first use, which takes about a minute.
 *
 * @returns the path of the program.
 */
export function installNfpm() {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'tpks-test', `nfpm-${version}`);
  const path = join(folder, 'nfpm');
  if (existsSync(path)) return path;
  execFileSync('go', ['install', `github.com/goreleaser/nfpm/v2/cmd/nfpm@v${version}`], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
    stdio: 'inherit',
  });
  return path;
}
