// Preloaded into a tpks: writes at the end its largest resident set, in KiB.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  writeFileSync(process.env.MEMORY_REPORT, String(process.resourceUsage().maxRSS));
});
