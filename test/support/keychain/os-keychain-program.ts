import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage, isTpksError } from '../../../src/errors.js';
import { createOsKeychain } from '../../../src/keychain/os-keychain.js';

/**
 * Does with the OS keychain what its arguments say, `operation[:account[:key]]` each, and prints
 * what came of each as one line of JSON; `longest` prints for how many milliseconds the event loop
 * stood still. Ends as tpks ends.
 */
const [operatingSystem, home] = [process.env['TEST_PLATFORM'], process.env['HOME'] ?? tmpdir()];
const keychain = createOsKeychain({
  notesFolder: join(home, 'notes'),
  ...(operatingSystem === 'darwin' ? { platform: operatingSystem } : {}),
});

let [last, longestMilliseconds] = [performance.now(), 0];
setInterval(() => {
  const now = performance.now();
  longestMilliseconds = Math.max(longestMilliseconds, now - last);
  last = now;
}, 10).unref();

for (const step of process.argv.slice(2)) {
  const [operation, account = '', key = ''] = step.split(':').map(decodeURIComponent);
  print(await outcome(operation, account, key));
}
setTimeout(() => process.exit(7), 300).unref();

async function outcome(operation = '', account: string, key: string): Promise<object> {
  const operations: Record<string, () => Promise<unknown>> = {
    probe: keychain.probe,
    read: () => keychain.read(account),
    write: () => keychain.write(account, key),
    remove: () => keychain.remove(account),
    longest: () => Promise.resolve(longestMilliseconds),
  };
  try {
    return { value: await operations[operation]?.() };
  } catch (error) {
    return isTpksError(error)
      ? { kind: error.kind, message: error.message, hint: error.hint }
      : { bug: errorMessage(error) };
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
