import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/base/clock.js';
import { createKubeconfig } from '../../src/domain/kube/kubeconfig/kubeconfig.js';
import { locateKubeconfig } from '../../src/domain/kube/kubeconfig/storage.js';
import { createEntries } from '../support/fixtures/cluster-entries.js';
import { oldText, withFile } from '../support/fixtures/kubeconfig-file.js';
import { preloadVariables, runtimeWords } from '../support/program/spawned.js';
import { withFullDisk, withReadOnlyFolder } from '../support/runner/odd-disk.js';
import { describeIfPart } from '../support/runner/optional-part.js';

const preload = fileURLToPath(new URL('../support/preload/kill-at.cjs', import.meta.url));

/** Changes a kubeconfig in this process. */
function openKubeconfig(path: string) {
  const files = locateKubeconfig({ KUBECONFIG: path }, process.platform);
  return createKubeconfig({
    files,
    clock: systemClock,
    defaultFormat: 'oidc',
    allowsOtherReaders: true,
  });
}

test(
  'a process that is killed leaves the old file or the new one',
  () =>
    withFile(async ({ folder, path, read, run }) => {
      expect(run(['merge', 'dev-1'])).toMatchObject({ code: 0 });
      const newText = read();
      writeFileSync(path, oldText);
      const countFile = join(folder, '..', 'count');
      const env = preloadVariables(preload);
      run(['merge', 'dev-1'], { env: { ...env, TPKS_KILL_COUNT: countFile } });
      const calls = Number(readFileSync(countFile, 'utf8'));
      expect(calls).toBeGreaterThan(10);
      const found = new Set<string>();
      const kubeconfig = openKubeconfig(path);
      for (let call = 1; call <= calls; call += 1) {
        writeFileSync(path, oldText);
        chmodSync(path, 0o640);
        const killed = run(['merge', 'dev-1'], { env: { ...env, TPKS_KILL_AT: String(call) } });
        expect(killed.code).toBeNull();
        expect([oldText, newText]).toContain(read());
        found.add(read());
        // The next change is not blocked, and removes the files that the killed process left behind.
        await kubeconfig.merge([createEntries('dev-1')], { currentContext: 'dev-1' });
        expect(read()).toBe(newText);
        expect(statSync(path).mode & 0o777).toBe(0o640);
        await kubeconfig.remove(['dev-1']);
        expect(readdirSync(folder)).toEqual(['config']);
      }
      expect(found.size).toBe(2);
    }),
  90_000,
);

test('Ctrl-C releases the lock', () =>
  withFile(async ({ program, path }) => {
    const [command, ...args] = runtimeWords(program);
    const child = spawn(command, [...args, 'hang'], {
      env: { ...process.env, KUBECONFIG: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(existsSync(`${path}.lock`)).toBe(true);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  }));

test('parallel processes add all clusters', () =>
  withFile(async ({ program, path, run }) => {
    const names = ['a', 'b', 'c'];
    const [command, ...args] = runtimeWords(program);
    const exits = names.map((name) =>
      once(
        spawn(command, [...args, 'merge', name], {
          env: { ...process.env, KUBECONFIG: path },
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
        'exit',
      ),
    );
    for (const exit of await Promise.all(exits)) expect(exit).toEqual([0, null]);
    expect(run(['list']).stdout.trim().split(' ').sort()).toEqual(names);
  }));

describeIfPart('mount', 'a kubeconfig that cannot be written stays unchanged:', () => {
  test.each([
    ['a read-only folder', withReadOnlyFolder, /read-only file system\nHint: .*KUBECONFIG/],
    ['a full disk', withFullDisk, /no space left on device\nHint: free some space/],
  ] as const)('%s', (_name, wrapper, message) =>
    withFile(({ folder, read, run }) => {
      const result = run(['merge', 'dev-1'], { through: wrapper(folder) });
      expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
      expect(result.stderr).toMatch(/^storage: Cannot write /);
      expect(result.stderr).not.toContain('TPKS_HOME');
      expect(read()).toBe(oldText);
      expect(readdirSync(folder)).toEqual(['config']);
    }),
  );
});
