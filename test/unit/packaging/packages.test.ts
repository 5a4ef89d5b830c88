import { execFileSync } from 'node:child_process';
import { readFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, beforeEach } from '@jest/globals';
import { createChangelog, createCopyright, synopsis } from '../../../packaging/debian.mjs';
import { writeInstallFiles } from '../../../packaging/install-files.mjs';
import { createManPage, formatPageName } from '../../../packaging/man-page.mjs';
import { getReleaseDate } from '../../../packaging/release-date.mjs';
import { addRuntime, createRuntimeNotices } from '../../../packaging/runtime-parts.mjs';
import { targets } from '../../../packaging/targets.mjs';
import { version } from '../../../src/base/version.js';
import { describeIfPart } from '../../support/runner/optional-part.js';

describe('getReleaseDate', () => {
  const before = process.env['SOURCE_DATE_EPOCH'];
  afterEach(() => {
    delete process.env['SOURCE_DATE_EPOCH'];
    if (before !== undefined) process.env['SOURCE_DATE_EPOCH'] = before;
  });

  test('is the date of the newest release in the changelog', () => {
    delete process.env['SOURCE_DATE_EPOCH'];
    expect(getReleaseDate().toISOString()).toMatch(/^20\d\d-\d\d-\d\dT00:00:00\.000Z$/);
    expect(getReleaseDate().getTime()).toBeGreaterThanOrEqual(Date.parse('2026-11-25'));
  });

  test('is the time in SOURCE_DATE_EPOCH if it is set', () => {
    process.env['SOURCE_DATE_EPOCH'] = '86400';
    expect(getReleaseDate().toISOString()).toBe('1970-01-02T00:00:00.000Z');
    process.env['SOURCE_DATE_EPOCH'] = 'yesterday';
    expect(getReleaseDate).toThrow('SOURCE_DATE_EPOCH is not a number: yesterday');
  });
});

describe('the files for Debian', () => {
  test('the changelog has the format that dpkg parses', () => {
    expect(createChangelog('1.2.3', new Date(0))).toMatch(
      /^tpks \(1\.2\.3-1\) stable; urgency=medium\n\n {2}\* .+\n\n -- .+ <.+@.+> {2}Thu, 01 Jan 1970 00:00:00 \+0000\n$/,
    );
  });

  test('the copyright file contains the whole license, with dots for empty lines', () => {
    const text = createCopyright(
      'MIT License\n\nCopyright (c) 2026 X\n\nPermission is hereby granted\n\nAS IS\n',
    );
    expect(text).toContain(
      'Copyright: 2026 X\nLicense: MIT\n Permission is hereby granted\n .\n AS IS\n',
    );
    expect(() => createCopyright('none')).toThrow('LICENSE contains no copyright line');
  });

  test('the synopsis has at most 80 characters', () => {
    expect(synopsis.length).toBeLessThanOrEqual(80);
  });
});

const lockFile = JSON.parse(readFileSync('packaging/runtimes/package-lock.json', 'utf8')) as {
  packages: Record<string, { version: string; integrity: string }>;
};

function createBill() {
  return {
    metadata: { component: { type: 'application', name: 'tpks', 'bom-ref': 'tpks@1' } },
    components: [{ type: 'library', name: 'yaml', version: '2.0.0', 'bom-ref': 'yaml@2' }],
    dependencies: [{ ref: 'tpks@1', dependsOn: ['yaml@2'] }, { ref: 'yaml@2' }],
  };
}

describe('addRuntime', () => {
  test('adds the runtime with the version and the hash in the lock file', () => {
    const { version, integrity } = lockFile.packages['node_modules/@oven/bun-linux-x64']!;
    const { components, dependencies } = addRuntime(createBill(), 'linux-x64');
    expect(components.map(({ name }) => name)).toEqual(['yaml', 'bun-linux-x64']);
    const [, runtime] = components;
    expect(runtime).toMatchObject({ type: 'platform', version });
    const hash = Buffer.from(runtime!.hashes![0]!.content, 'hex').toString('base64');
    expect(`sha512-${hash}`).toBe(integrity);
    expect(dependencies[0]!.dependsOn).toEqual(['yaml@2', runtime!['bom-ref']]);
  });

  test('lists the projects that are linked into the runtime, with their licenses', () => {
    const [, runtime] = addRuntime(createBill(), 'linux-x64').components;
    const parts = new Map(runtime!.components!.map((part) => [part.name, part.licenses]));
    expect(parts.get('JavaScriptCore and WebKit')).toEqual([
      { expression: 'LGPL-2.0-or-later AND BSD-2-Clause' },
    ]);
    expect(parts.get('TinyCC')).toEqual([{ license: { id: 'LGPL-2.1-only' } }]);
    expect(parts.get('lsquic')).toEqual([{ expression: 'MIT AND BSD-3-Clause' }]);
  });

  test('rejects a target that does not exist', () => {
    expect(() => addRuntime(createBill(), 'plan9-x64')).toThrow(
      /Unknown target: plan9-x64 \(choose from linux-x64/,
    );
  });
});

describe('createRuntimeNotices', () => {
  const notices = createRuntimeNotices('linux-x64');

  test('contains the text of the license of each part', () => {
    const [runtime] = addRuntime(createBill(), 'linux-x64').components.slice(-1);
    const used = runtime!.components!.flatMap(({ licenses = [] }) =>
      licenses.flatMap(({ license, expression }) => expression?.split(' AND ') ?? license!.id!),
    );
    const printed = notices.slice(1).map(({ license }) => license);
    expect(printed).toEqual([...new Set(used)].sort());
    for (const { texts } of notices) expect(texts.join('').length).toBeGreaterThan(200);
  });

  test('names the page with the sources of each project under the MPL', () => {
    expect(notices[0]!.texts[0]).toMatch(/\(MPL-2\.0\) have their sources/);
    expect(notices[0]!.texts[0]).toContain(
      '- cssparser (MPL-2.0): https://crates.io/crates/cssparser\n',
    );
  });

  test('says how to link the program with a changed JavaScriptCore', () => {
    expect(notices[0]!.texts[0]).toMatch(/link this program again/);
  });
});

const node = {
  path: ['tpks', 'plan', 'show'],
  summary: 'show a plan',
  heading: '',
  help: `Usage: tpks plan show [options] <name>

Show it. Don't use -x~ here.
.hidden files

Options:
  --if-missing  succeed

Examples:
  $ tpks plan show a
      .b

Global options: tpks --help`,
  children: [],
};
const page = createManPage(node, { version: '1.2.3', date: '2026-01-31' });

/** @returns the lines of a section, without its heading. */
function section(title: string): readonly string[] {
  const [, text = ''] = page.split(`.SH ${title}\n`);
  return (text.split('\n.SH ')[0] ?? '').split('\n');
}

test('a man page starts with the name, the date and the version', () => {
  expect(page.split('\n')[0]).toBe('.TH TPKS-PLAN-SHOW 1 "2026-01-31" "tpks 1.2.3" "tpks manual"');
  expect(formatPageName(node)).toBe('tpks-plan-show');
  expect(section('NAME')).toEqual([String.raw`tpks\-plan\-show \- show a plan`]);
});

test('a man page contains the usage and the description, with escaped characters', () => {
  expect(section('SYNOPSIS')).toEqual(['tpks plan show [options] <name>']);
  expect(section('DESCRIPTION')).toEqual([
    String.raw`Show it. Don\(aqt use \-x\(ti here.`,
    String.raw`\&.hidden files`,
  ]);
});

test('each part of the help becomes a section with the same lines', () => {
  expect(section('OPTIONS')).toEqual(['.EX', String.raw`\-\-if\-missing  succeed`, '.EE']);
  expect(section('EXAMPLES')).toEqual(['.EX', '$ tpks plan show a', '    .b', '.EE']);
  expect(section('NOTES')).toEqual([String.raw`Global options: tpks \-\-help`]);
});

test('the man page of the root contains its manual, because its help is short', () => {
  const manual = 'Usage: tpks\n\nAll.\n\nTools:\n  doctor  find problems';
  const root = createManPage({ ...node, manual }, { version: '1.2.3', date: '2026-01-31' });
  expect(root).toContain('.SH TOOLS\n.EX\ndoctor  find problems\n.EE\n');
  expect(root).not.toContain('EXAMPLES');
});

test('a man page links to the pages of its parent and of its subcommands', () => {
  const parent = createManPage(
    { ...node, path: ['tpks', 'plan'], children: [node] },
    { version: '1.2.3', date: '2026-01-31' },
  );
  expect(parent).toMatch(/\.SH SEE ALSO\n\\fBtpks\\fR\(1\),\n\\fBtpks\\-plan\\-show\\fR\(1\)\n$/);
});

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
