/** `npm run watch`: builds `dist/` now, and again after each change of a source file. */
import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';

const debounceMilliseconds = 100;

/** @type {NodeJS.Timeout | undefined} */
let timer;
for (const path of ['src', 'docs']) {
  watch(path, { recursive: true }, (_event, name) => {
    if (!/\.(ts|md)$/.test(name ?? '')) return;
    // Wait, because an editor writes a file in several steps.
    clearTimeout(timer);
    timer = setTimeout(build, debounceMilliseconds);
  });
}
build();
console.log('Watching src/ and docs/. Press Ctrl-C to stop.');

function build() {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, ['esbuild.config.mjs'], { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const time = new Date().toLocaleTimeString();
  console.log(`${time}  ${status === 0 ? 'Built dist/' : 'Build failed'} (${seconds} s)`);
}
