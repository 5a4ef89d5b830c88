import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, isTpksError } from '../../../src/base/errors.js';
import { withSecrets } from '../checks/plain-tokens.js';
import { openSessionFiles, startSave, type StartedSave } from '../fixtures/session-files.js';
import { sessionOf } from '../fixtures/session-sample.js';

/**
 * Performs actions on the stored session of the context `cody`. Arguments: a folder, and then the
 * actions, each as `ACTION` or `ACTION:VALUE`. Prints the result of each action as one line of
 * JSON.
 */
const [folder = '', ...steps] = process.argv.slice(2);
const sessions = openSessionFiles(folder);
const location = { name: 'cody', store: 'file' } as const;

let started: StartedSave | undefined;

const actions: Readonly<Record<string, (value: string) => unknown>> = {
  read: async () => (await sessions.load(location))?.accessToken.reveal(),
  reserve: async () => {
    started = await startSave(sessions, location);
  },
  write: (value) => started?.write(withSecrets(sessionOf(value))),
  release: () => started?.release(),
  delete: () => sessions.delete(location),
  list: () => readdirSync(join(folder, 'sessions')),
  fill: fillDisk,
  readOnly: () => {
    // Without "bind", mount also passes the owner of the disk, which a user namespace does not know.
    execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
  },
};

for (const step of steps) {
  const [action = '', value = ''] = step.split(':');
  try {
    print({ value: await actions[action]?.(value) });
  } catch (error) {
    print(
      isTpksError(error)
        ? { kind: error.kind, message: error.message, hint: error.hint }
        : { bug: errorMessage(error) },
    );
  }
}

/** Fills the disk to the last byte, with smaller and smaller writes. */
function fillDisk(): void {
  const file = openSync(join(folder, 'fill'), 'a');
  for (let bytes = 65_536; bytes >= 1;) {
    try {
      writeSync(file, Buffer.alloc(bytes, 1));
    } catch {
      bytes = Math.floor(bytes / 2);
    }
  }
  closeSync(file);
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
