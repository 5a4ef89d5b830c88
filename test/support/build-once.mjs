// The end-to-end tests run bin/tpks.js, so what it runs must be what stands in src/; one of
// them looks at what is in which file.
import { execFileSync } from 'node:child_process';

export default function buildOnce() {
  execFileSync(process.execPath, ['esbuild.config.mjs', '--metafile'], { stdio: 'inherit' });
}
