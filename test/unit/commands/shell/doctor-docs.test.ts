import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { titles } from '../../../../src/commands/shell/doctor.js';

test('docs/doctor.md lists all checks, with their titles and their names in JSON', () => {
  const text = readFileSync('docs/doctor.md', 'utf8');
  const [, table = ''] = /^## Checks\n(.*?)^## JSON/ms.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| (\w[\w ]*?) +\|/gm)].map(([, title]) => title);
  expect(rows.slice(1).sort()).toEqual(Object.values(titles).sort());
  const [, list = ''] = /^`check` is (.*?)\. A check/ms.exec(text) ?? [];
  const names = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(names.sort()).toEqual(Object.keys(titles).sort());
});
