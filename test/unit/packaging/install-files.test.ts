import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { targets } from '../../../packaging/targets.mjs';
import { version } from '../../../src/version.js';
import { describeIfPart } from '../../support/runner/optional-part.js';
import { writeInstallFiles } from '../../../packaging/install-files.mjs';

const address = `https://github.com/tpks/tpks/releases/download/v${version}`;
const linux = 'tpks-linux-x64.tar.gz';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpks-install-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const readFormula = () => readFileSync(join(folder, 'tpks.rb'), 'utf8');

describeIfPart('ruby', 'the formula for Homebrew', () => {
  test('is valid Ruby, with an archive for each platform', () => {
    const archives = Object.keys(targets).map((name) => `tpks-${name}.tar.gz`);
    writeInstallFiles(folder, new Map(archives.map((file) => [file, 'a'.repeat(64)])));
    const output = execFileSync('ruby', ['-c', 'tpks.rb'], { cwd: folder, encoding: 'utf8' });
    expect(output).toBe('Syntax OK\n');
    expect(readFormula().match(/^ +url "/gm)).toHaveLength(4);
  });
});

describe('writeInstallFiles', () => {
  test('writes the address and the checksum of each archive, and omits other platforms', () => {
    writeInstallFiles(folder, new Map([[linux, '1'.repeat(64)]]));
    expect(readdirSync(folder)).toEqual(['tpks.rb']);
    expect(readFormula()).toContain(
      `      url "${address}/${linux}"\n      sha256 "${'1'.repeat(64)}"\n`,
    );
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(readFormula()).toContain(`(bin/"tpks", "completion", "${shell}")`);
    }
    expect(readFormula()).not.toContain('on_macos');
    expect(readFormula()).not.toContain('on_arm');
  });

  test('writes nothing if there is no archive', () => {
    writeInstallFiles(folder, new Map([['tpks_0.2.0_amd64.deb', '1'.repeat(64)]]));
    expect(readdirSync(folder)).toEqual([]);
  });
});
