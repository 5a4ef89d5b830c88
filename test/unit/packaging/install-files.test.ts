import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { targets } from '../../../packaging/targets.mjs';
import { version } from '../../../src/version.js';
import { describeIfPart } from '../../support/optional-part.js';
import { writeInstallFiles } from '../../../packaging/install-files.mjs';

const address = `https://github.com/tpks/tpks/releases/download/v${version}`;
const linux = 'tpks-linux-x64.tar.gz';
const windows = 'tpks-windows-x64.zip';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpks-install-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const readFlake = () =>
  execFileSync('tar', ['-xzOf', join(folder, 'tpks-nix.tar.gz')], { encoding: 'utf8' });

/** Writes the files for a release with the archives of all platforms. */
function writeForAllTargets() {
  const archives = Object.entries(targets).map(
    ([name, { os }]) => `tpks-${name}.${os === 'win32' ? 'zip' : 'tar.gz'}`,
  );
  writeInstallFiles(folder, new Map(archives.map((file) => [file, 'a'.repeat(64)])));
}

describeIfPart('ruby', 'the formula for Homebrew', () => {
  test('is valid Ruby, with an archive for each platform', () => {
    writeForAllTargets();
    const output = execFileSync('ruby', ['-c', 'tpks.rb'], { cwd: folder, encoding: 'utf8' });
    expect(output).toBe('Syntax OK\n');
    expect(read('tpks.rb').match(/^ +url "/gm)).toHaveLength(4);
  });
});

describeIfPart('nix', 'the flake for Nix', () => {
  test('is valid, with an archive for each platform', () => {
    writeForAllTargets();
    const flake = readFlake();
    const parse = (input: string) =>
      // The default store belongs to root.
      execFileSync('nix-instantiate', ['--store', 'dummy://', '--parse', '-'], {
        input,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      });
    expect(parse(flake)).toContain('mkDerivation');
    expect(() => parse(flake.replace(';', ''))).toThrow();
    expect(flake.match(/^ +url = "/gm)).toHaveLength(4);
  });
});

describe('writeInstallFiles', () => {
  test('writes the address and the checksum of each archive', () => {
    const digests = { [linux]: '1'.repeat(64), [windows]: '2'.repeat(64) };
    writeInstallFiles(folder, new Map(Object.entries(digests)));
    expect(readdirSync(folder).sort()).toEqual(['tpks-nix.tar.gz', 'tpks.json', 'tpks.rb']);
    expect(read('tpks.rb')).toContain(
      `      url "${address}/${linux}"\n      sha256 "${digests[linux]}"\n`,
    );
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(read('tpks.rb')).toContain(`(bin/"tpks", "completion", "${shell}")`);
    }
    expect(readFlake()).toContain(
      `          url = "${address}/${linux}";\n          sha256 = "${digests[linux]}";\n`,
    );
    expect(JSON.parse(read('tpks.json'))).toMatchObject({
      version,
      architecture: { '64bit': { url: `${address}/${windows}`, hash: digests[windows] } },
      bin: 'tpks.exe',
      autoupdate: {
        architecture: { '64bit': { url: expect.stringContaining('/v$version/tpks-windows') } },
      },
    });
  });

  test('omits platforms without an archive', () => {
    writeInstallFiles(folder, new Map([[linux, '1'.repeat(64)]]));
    expect(readdirSync(folder).sort()).toEqual(['tpks-nix.tar.gz', 'tpks.rb']);
    expect(read('tpks.rb')).not.toContain('on_macos');
    expect(read('tpks.rb')).not.toContain('on_arm');
    expect(readFlake()).not.toContain('darwin');
  });

  test('writes nothing if there is no archive', () => {
    writeInstallFiles(folder, new Map([['tpks_0.2.0_amd64.deb', '1'.repeat(64)]]));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('writes the same bytes each time', () => {
    const checksums = new Map([[linux, '1'.repeat(64)]]);
    const build = () => {
      writeInstallFiles(folder, checksums);
      return readFileSync(join(folder, 'tpks-nix.tar.gz')).toString('hex');
    };
    const first = build();
    expect(build()).toBe(first);
  });
});
