import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestUser } from './cli.js';

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

/** Why a test that uses a report runs only with Node. */
export const memoryReason = 'limits the heap of V8 and measures the memory';

/** Creates a report that uses a file in the home directory of the user. */
export function createMemoryReport({ env }: TestUser): MemoryReport {
  const hook = fileURLToPath(new URL('report-memory.mjs', import.meta.url));
  const path = join(env['HOME'] ?? '', 'memory.txt');
  return {
    env: { NODE_OPTIONS: `--import ${hook} ${heapLimits}`, MEMORY_REPORT: path },
    kibibytes: () => Number(readFileSync(path, 'utf8')),
  };
}
