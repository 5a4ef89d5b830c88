import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestUser } from './cli.js';
import { isOtherProgram } from './spawned.js';

/** Measures the memory of commands that run as separate processes. */
export interface MemoryReport {
  /** Environment variables of a command to measure. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns the maximum resident set size of the last command that was measured. */
  readonly kibibytes: () => number;
}

/**
 * Limits in MiB that make V8 collect garbage early. Otherwise the result depends on the load of the
 * machine. A command that keeps 100,000 entries in memory exceeds the limit and fails.
 */
const heapLimits = '--max-semi-space-size=1 --max-old-space-size=32';

/** The runtime of the standalone binary has no such limit, but collects earlier if memory seems small. */
const memoryBytes = String(32 * 1024 * 1024);

/**
 * How much more memory a command may use for 100,000 objects than for 1000. A ratio of 1.1 to 1.2 is normal,
 * and up to 1.45 for the standalone binary: optimized code and garbage that was not collected yet. If all
 * objects were kept, the ratio would be above 2.
 */
export const maximumRatio = isOtherProgram ? 1.6 : 1.4;

/** Creates a report that uses a file in the home directory of the user. */
export function createMemoryReport({ env }: TestUser): MemoryReport {
  const hook = fileURLToPath(new URL('report-memory.mjs', import.meta.url));
  const path = join(env['HOME'] ?? '', 'memory.txt');
  return {
    env: {
      NODE_OPTIONS: `--import ${hook} ${heapLimits}`,
      BUN_OPTIONS: `--preload=${hook}`,
      BUN_JSC_forceRAMSize: memoryBytes,
      MEMORY_REPORT: path,
    },
    kibibytes: () => Number(readFileSync(path, 'utf8')),
  };
}
