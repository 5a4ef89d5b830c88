import { lookup } from 'node:dns/promises';
import { execPath } from 'node:process';
import { errorCode } from '../errors.js';
import { isObject } from '../json-value.js';
import type { RunProgram } from './run-program.js';

/** The addresses of a host, or the Node error code of a failed lookup, e.g. `ENOTFOUND`. */
export type LookupResult = { readonly addresses: readonly string[] } | { readonly problem: string };

/** @returns `undefined` if the resolver does not respond in time. */
export type Lookup = (host: string, seconds: number) => Promise<LookupResult | undefined>;

const script = `require('node:dns').lookup(process.argv[1], { all: true }, (error, found) =>
  process.stdout.write(JSON.stringify(error ? [error.code] : found.map(({ address }) => ({ address })))));`;

/**
 * Looks up hosts the same way as connections do, but in a separate process. The system resolver can
 * take half a minute if a DNS server does not respond, and until then this process could not exit.
 */
export function createLookup(run: RunProgram): Lookup {
  return async (host, seconds) => {
    const { stdout, hasTimedOut } = await run(execPath, ['-e', script, host], seconds);
    if (hasTimedOut) return undefined;
    // The executable of a standalone build cannot run a script, because it is not Node.
    return parseOutput(stdout) ?? lookUpInProcess(host);
  };
}

function parseOutput(text: string): LookupResult | undefined {
  try {
    const items: unknown = JSON.parse(text);
    if (!Array.isArray(items)) return undefined;
    const [first] = items as readonly unknown[];
    if (typeof first === 'string') return { problem: first };
    const addresses = (items as readonly unknown[]).flatMap((item) =>
      isObject(item) && typeof item['address'] === 'string' ? [item['address']] : [],
    );
    return { addresses };
  } catch {
    return undefined;
  }
}

async function lookUpInProcess(host: string): Promise<LookupResult> {
  try {
    return { addresses: (await lookup(host, { all: true })).map(({ address }) => address) };
  } catch (error) {
    return { problem: errorCode(error) ?? 'unknown' };
  }
}
