// Preloaded into a tpks: writes at the end its largest resident set, in KiB.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Linux begins `maxRSS` with that of the process which started this one. */
const status = '/proc/self/status';

process.on('exit', () => {
  const own = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'));
  writeFileSync(process.env.MEMORY_REPORT, own ? own[1] : `${process.resourceUsage().maxRSS}`);
});
