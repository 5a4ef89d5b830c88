import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestUser } from './cli.js';

/** Measures the memory of a user's commands. */
export interface MemoryReport {
  /** Environment of a command that is measured. */
  readonly env: Readonly<Record<string, string>>;
  /** Largest resident set of the last command that was measured. */
  readonly kibibytes: () => number;
}

export function createMemoryReport({ env }: TestUser): MemoryReport {
  const hook = fileURLToPath(new URL('report-memory.mjs', import.meta.url));
  const path = join(env['HOME'] ?? '', 'memory.txt');
  return {
    env: { NODE_OPTIONS: `--import ${hook}`, MEMORY_REPORT: path },
    kibibytes: () => Number(readFileSync(path, 'utf8')),
  };
}
