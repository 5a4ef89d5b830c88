import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../../src/base/clock.js';
import { createLock } from '../../../src/platform/disk/lock.js';

/**
 * Increments the number in a file while it holds a lock, and logs when it enters and leaves the
 * critical section. The last argument is the number of rounds; with `hang`, it keeps the lock until
 * it is killed.
 */
const [lockPath = '', counterPath = '', logPath = '', rounds = ''] = process.argv.slice(2);
const { runExclusively } = createLock(lockPath, { clock: systemClock });
const log = (what: 'in' | 'out'): void => {
  appendFileSync(logPath, `${what} ${String(process.pid)}\n`);
};

for (let round = 0; round < (rounds === 'hang' ? 1 : Number(rounds)); round += 1) {
  await runExclusively(async () => {
    log('in');
    const before = Number(readFileSync(counterPath, 'utf8'));
    process.stdout.write('inside\n');
    await systemClock.sleep(rounds === 'hang' ? 60_000 : 3);
    writeFileSync(counterPath, String(before + 1));
    log('out');
  });
}
process.stdout.write('done\n');
