import { describe, expect, test } from '@jest/globals';
import { describeFormerTarget, describeSwitch } from '../../../src/contexts/selection.js';
import { codySettings } from '../../support/fixtures/fixtures.js';
import { selectingOnly, someSettings } from '../../support/fixtures/selections.js';

const settingsAt = (uaa: string, api?: string) =>
  someSettings(
    selectingOnly(
      uaa,
      api === undefined ? {} : { contexts: { cody: { ...codySettings, api, uaa } } },
    ),
  );
const a = 'https://a.example.com:8443';
const b = 'https://b.example.com:8443';

describe('a change of the installation', () => {
  test('names the hosts of both APIs', () => {
    expect(describeSwitch(settingsAt(a), settingsAt(b))).toBe(
      'Now using b.example.com (before: a.example.com)',
    );
    const loadBalancer = settingsAt('https://uaa.example.com', 'https://pks.example.com:443');
    expect(describeSwitch(settingsAt(a), loadBalancer)).toBe(
      'Now using pks.example.com (before: a.example.com)',
    );
  });

  test('names the host of the UAA if no API is known', () => {
    expect(describeSwitch(settingsAt(a), settingsAt('https://uaa.example.com'))).toBe(
      'Now using uaa.example.com (before: a.example.com)',
    );
  });

  test('names the ports if the hosts are equal, and the UAAs if the ports are equal too', () => {
    expect(
      describeSwitch(settingsAt('https://localhost:1001'), settingsAt('https://localhost:1002')),
    ).toBe('Now using localhost:1002 (before: localhost:1001)');
    expect(describeSwitch(settingsAt(`${a}/one`), settingsAt(`${a}/two`))).toBe(
      `Now using ${a}/two (before: ${a}/one)`,
    );
  });

  test('is not described if the installation is the same or the first one', () => {
    expect(describeSwitch(settingsAt(a), settingsAt(a))).toBeUndefined();
    expect(describeSwitch(someSettings(), settingsAt(a))).toBeUndefined();
    expect(describeSwitch(settingsAt(a), someSettings())).toBeUndefined();
  });

  test('of a link is described only for this link', () => {
    const before = settingsAt(a);
    const { tpks } = settingsAt(b).selections;
    const after = { ...before, selections: { ...before.selections, uaac: tpks } };
    expect(describeSwitch(before, after)).toBeUndefined();
    const asLink = { program: 'uaac' } as const;
    expect(describeSwitch({ ...before, ...asLink }, { ...after, ...asLink })).toBe(
      'Now using b.example.com (before: a.example.com)',
    );
  });
});

test('the former target of tpks uaa is described with the command that selects it', () => {
  expect(describeFormerTarget(settingsAt(a), b)).toBe(
    'tpks uaa now uses a.example.com, the current installation (before: b.example.com); ' +
      `to use b.example.com for all commands: tpks uaa target ${b}`,
  );
});
