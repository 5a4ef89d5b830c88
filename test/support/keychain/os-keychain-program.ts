import { errorMessage, isTpksError } from '../../../src/errors.js';
import { createOsKeychain } from '../../../src/keychain/os-keychain.js';

/**
 * Performs operations on the OS keychain. Each argument has the form `operation[:account[:key]]`, and
 * its result is printed as one line of JSON. The operation `longest` prints the longest time that the
 * event loop was blocked, in milliseconds. Exits in the same way as tpks.
 */
const operatingSystem = process.env['TEST_PLATFORM'];
const keychain = createOsKeychain({
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
