import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.js';
import { errorMessage, isTpksError } from '../../../src/base/errors.js';
import { SessionFiles } from '../../../src/domain/auth/session-files.js';
import { type StoredSession } from '../../../src/domain/auth/session-repository.js';
import { createLock } from '../../../src/platform/disk/lock.js';
import { createFileKeychain } from '../../../src/platform/keychain/key-file.js';
import { withSecrets } from '../checks/plain-tokens.js';
import {
  placesOfName,
  toLocation,
  type Operation,
  type OperationResult,
  type Place,
} from '../fixtures/session-operations.js';
import { sessionOf } from '../fixtures/session-sample.js';

/**
 * Runs operations on the session repository of a home directory, with its locks. Arguments: the directory,
 * and the operations as JSON. Prints the result of each operation as one line of JSON.
 */
const [home = '', operations = '[]'] = process.argv.slice(2);
const keyFiles = createFileKeychain(join(home, 'keys'));
const sessions = new SessionFiles({
  directory: join(home, 'sessions'),
  keychains: { keychain: keyFiles, file: keyFiles },
  withLockFile: (path, work) => createLock(path, { clock: systemClock }).runExclusively(work),
});
const loaded = new Map<Place, string>();

const createStored = (token: string) => withSecrets<StoredSession>(sessionOf(token));
const loadToken = async (place: Place): Promise<string> =>
  (await sessions.load(toLocation(place)))?.accessToken.reveal() ?? 'none';

async function run(operation: Operation): Promise<OperationResult> {
  const { kind, place } = operation;
  const location = toLocation(place);
  switch (kind) {
    case 'load': {
      const token = await loadToken(place);
      loaded.set(place, token);
      return { token };
    }
    case 'save':
      await sessions.save(location, createStored(operation.token));
      return { token: operation.token };
    case 'renew': {
      const stored = await sessions.save(location, {
        isUsable: (session): session is StoredSession =>
          session !== undefined && session.accessToken.reveal() !== loaded.get(place),
        request: async (_stored, write) => {
          const renewed = createStored(operation.token);
          await write(renewed);
          return renewed;
        },
      });
      return { token: stored.accessToken.reveal() };
    }
    case 'delete':
      await sessions.delete(location);
      return {};
    case 'delete others': {
      const other = placesOfName(place).find((each) => each !== place) ?? place;
      await sessions.delete(toLocation(other), location);
      return {};
    }
    case 'move': {
      await sessions.move(location, toLocation(operation.to), async () => {
        const token = await loadToken(place);
        if (token !== 'none' && token !== (await loadToken(operation.to))) {
          throw new Error('the copy differs when the settings are written');
        }
      });
      return {};
    }
  }
}

for (const operation of JSON.parse(operations) as readonly Operation[]) {
  const result = await run(operation).catch((error: unknown): OperationResult => {
    return { error: isTpksError(error) ? error.kind : errorMessage(error) };
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
