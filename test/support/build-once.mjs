// The end-to-end tests run bin/tpks.js, so dist/ must match src/. One of them reads the metafile.
import { execFileSync } from 'node:child_process';

export default function buildOnce() {
  execFileSync(process.execPath, ['esbuild.config.mjs', '--metafile'], { stdio: 'inherit' });
}
