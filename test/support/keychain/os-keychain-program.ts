import { errorMessage, isTpksError } from '../../../src/base/errors.js';
import { createOsKeychain } from '../../../src/platform/keychain/os-keychain.js';

/**
 * Performs operations on the keychain of macOS. Each argument has the form `operation[:account[:key]]`,
 * and its result is printed as one line of JSON.
 */
const keychain = createOsKeychain({ platform: 'darwin' });

for (const step of process.argv.slice(2)) {
  const [operation, account = '', key = ''] = step.split(':');
  process.stdout.write(`${JSON.stringify(await outcome(operation, account, key))}\n`);
}

async function outcome(operation = '', account: string, key: string): Promise<object> {
  const operations: Record<string, () => Promise<unknown>> = {
    probe: keychain.probe,
    read: () => keychain.read(account),
    write: () => keychain.write(account, key),
    remove: () => keychain.remove(account),
  };
  try {
    return { value: await operations[operation]?.() };
  } catch (error) {
    return isTpksError(error)
      ? { kind: error.kind, message: error.message, hint: error.hint }
      : { bug: errorMessage(error) };
  }
}
