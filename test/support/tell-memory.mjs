// Preloaded into tpks: writes its largest resident set, in KiB, to a file at exit.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** On Linux, `maxRSS` starts with the value of the parent process. */
const status = '/proc/self/status';

process.on('exit', () => {
  const own = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'));
  writeFileSync(process.env.MEMORY_REPORT, own ? own[1] : `${process.resourceUsage().maxRSS}`);
});
