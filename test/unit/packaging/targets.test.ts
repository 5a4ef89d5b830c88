import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseTargets, targets } from '../../../packaging/targets.mjs';

const repository = new URL('../../../', import.meta.url);
const { packages } = JSON.parse(
  readFileSync(new URL('packaging/runtimes/package-lock.json', repository), 'utf8'),
) as { packages: Record<string, { integrity?: string } | undefined> };

/** Returns the name of the package that contains a file, e.g. `@scope/name`. */
const packageOf = (path: string) => path.split('/').slice(0, 2).join('/');

describe.each(Object.entries(targets))('the target %s', (_name, target) => {
  test('takes its runtime and its keychain module from packages with integrity hashes', () => {
    for (const path of [target.runtime, target.keychainModule ?? target.runtime]) {
      expect(packages[`node_modules/${packageOf(path)}`]?.integrity).toMatch(/^sha512-/);
    }
  });

  test('contains a native keychain module unless it is for Linux', () => {
    expect(target.keychainModule === undefined).toBe(target.os === 'linux');
  });
});

describe('parseTargets', () => {
  test('selects every target, or the targets in a list', () => {
    expect(parseTargets('all')).toEqual(Object.keys(targets));
    expect(parseTargets('linux-x64,windows-x64')).toEqual(['linux-x64', 'windows-x64']);
  });

  test('rejects an unknown target', () => {
    expect(() => parseTargets('linux-x64,plan9')).toThrow(/^Unknown target: plan9 \(choose/);
  });
});

test.each([
  ['standalone', ['--target', 'linux-ppc'], 'Unknown target: linux-ppc (choose from linux-x64, '],
  ['standalone', ['--tagret', 'all'], "Unknown option '--tagret'"],
  ['packages', ['--target', 'plan9'], 'No packages for the target plan9 (choose from linux-x64, '],
])('npm run %s rejects %j', (name, args, message) => {
  const script = fileURLToPath(new URL(`packaging/${name}.mjs`, repository));
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
  expect(stderr).not.toMatch(/^ +at /m);
});
