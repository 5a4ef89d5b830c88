import { lookup } from 'node:dns/promises';
import { execPath, versions } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
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
 * Looks up hosts the same way as connections do, but on Node in a separate process. The system resolver
 * can take half a minute if a DNS server does not respond, and until then Node could not exit. The
 * standalone binary can exit, and it cannot run a script in a separate process.
 *
 * @param isNode - whether this process runs in Node.
 */
export function createLookup(run: RunProgram, isNode = versions.bun === undefined): Lookup {
  return async (host, seconds) => {
    if (!isNode) return lookUpInProcess(host, seconds);
    const { stdout, hasTimedOut } = await run(execPath, ['-e', script, host], seconds);
    return hasTimedOut ? undefined : (parseOutput(stdout) ?? lookUpInProcess(host, seconds));
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

function lookUpInProcess(host: string, seconds: number): Promise<LookupResult | undefined> {
  const found = lookup(host, { all: true }).then(
    (addresses) => ({ addresses: addresses.map(({ address }) => address) }),
    (error: unknown) => ({ problem: errorCode(error) ?? 'unknown' }),
  );
  return Promise.race([found, sleep(seconds * 1000, undefined, { ref: false })]);
}
