import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { addRuntime, createRuntimeNotices } from '../../../packaging/runtime-parts.mjs';

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
