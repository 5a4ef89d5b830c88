/**
 * Preloaded into tpks: at exit, writes its largest resident set in KiB to the file MEMORY_REPORT.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Read instead of `maxRSS`, which on Linux starts with the value of the parent process. */
const status = '/proc/self/status';

process.on('exit', () => {
  const text = existsSync(status) ? readFileSync(status, 'utf8') : '';
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? process.resourceUsage().maxRSS;
  writeFileSync(process.env.MEMORY_REPORT ?? '', String(kibibytes));
});
