import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { runtimeParts } from '../../packaging/runtime-parts.mjs';
import { binary } from './binary.js';

/** Versions of interfaces and tools, which are not code in the runtime. */
const otherVersions = [
  ...['bun', 'modules', 'napi', 'node', 'openssl', 'typescript', 'unicode', 'uv', 'v8', 'zig'],
];

const simplify = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

test('the license notices name each part that the runtime lists in process.versions', () => {
  const versions = JSON.parse(
    execFileSync(binary, ['-p', 'JSON.stringify(process.versions)'], {
      encoding: 'utf8',
      env: { BUN_BE_BUN: '1' },
    }),
  ) as Record<string, string>;
  const parts = runtimeParts.map(([name]) => simplify(name));
  const unknown = Object.keys(versions).filter(
    (name) => !otherVersions.includes(name) && !parts.some((part) => part.includes(simplify(name))),
  );
  expect(versions).toHaveProperty('webkit');
  expect(unknown).toEqual([]);
});
