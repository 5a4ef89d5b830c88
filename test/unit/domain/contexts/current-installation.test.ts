import { describe, expect, test } from '@jest/globals';
import {
  findIdentities,
  findPreviousContext,
  findSelection,
  addContextForRole,
  selectInstallation,
  describeSwitch,
} from '../../../../src/domain/contexts/current-installation.js';
import type { Selection, Settings } from '../../../../src/platform/config/settings.js';
import { catchTpksError } from '../../../support/checks/thrown-error.js';
import { adminSettings, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, someSettings, selectingOnly } from '../../../support/fixtures/selections.js';

const a = codySettings.uaa;
const b = 'https://b.example.com:8443';
const contexts = {
  'cody@a': codySettings,
  'admin@a': adminSettings,
  'cody@b': { ...codySettings, uaa: b },
  'admin@b': { ...adminSettings, uaa: b },
};
const start = someSettings({ contexts });
const atA = someSettings(selecting({ pks: 'cody@a', uaa: 'admin@a' }, { contexts }));
const useCodyAtB = (settings: Settings) =>
  selectInstallation(settings, b, { role: 'pks', name: 'cody@b' });

test('a link uses the contexts of tpks at an installation that it has not used yet', () => {
  const uaac = { uaa: b, identities: { [b]: { pks: 'cody@b' } } };
  const link: Settings = { ...atA, program: 'uaac', selections: { ...atA.selections, uaac } };
  expect(findIdentities(link)).toEqual({ pks: 'cody@b' });
  expect(findIdentities(link, a)).toEqual({ pks: 'cody@a', uaa: 'admin@a' });
});

describe('selectInstallation', () => {
  test('makes an installation the current one, with the context of one role', () => {
    const settings = selectInstallation(start, a, { role: 'uaa', name: 'admin@a' });
    expect(findSelection(settings)).toEqual({ uaa: a, identities: { [a]: { uaa: 'admin@a' } } });
    expect(findIdentities(settings)).toEqual({ uaa: 'admin@a' });
  });

  test('keeps the context of the other role at the same installation', () => {
    const settings = selectInstallation(atA, a, { role: 'pks', name: 'admin@a' });
    expect(findIdentities(settings)).toEqual({ pks: 'admin@a', uaa: 'admin@a' });
  });

  test('uses the contexts again that were used at an installation before', () => {
    const settings = selectInstallation(useCodyAtB(atA), a);
    expect(findIdentities(settings)).toEqual({ pks: 'cody@a', uaa: 'admin@a' });
    expect(findIdentities(settings, b)).toEqual({ pks: 'cody@b' });
  });

  test('forgets the former target of tpks uaa, unless a link selects', () => {
    const migrated = { ...atA, formerUaaTarget: b };
    expect(useCodyAtB(migrated).formerUaaTarget).toBeUndefined();
    expect(useCodyAtB({ ...migrated, program: 'pks' }).formerUaaTarget).toBe(b);
  });
});

test('a context that was moved to another installation is not used at the old one', () => {
  const moved = { ...contexts, 'cody@a': { ...codySettings, uaa: b } };
  expect(findIdentities({ ...atA, contexts: moved })).toEqual({ uaa: 'admin@a' });
});

describe('the previous context', () => {
  test('is the one before the last change', () => {
    const settings = useCodyAtB(atA);
    expect(findPreviousContext(settings)).toBe('cody@a');
    expect(findPreviousContext(selectInstallation(settings, a))).toBe('cody@b');
  });

  test('is never the current one, e.g. after the context in between was deleted', () => {
    const deleted = { ...useCodyAtB(atA), contexts: { 'cody@a': codySettings } };
    const settings = selectInstallation(deleted, a, { role: 'pks', name: 'cody@a' });
    expect(catchTpksError(() => findPreviousContext(settings))).toMatchObject({ kind: 'notFound' });
  });
});

describe('a link', () => {
  const link = { ...atA, program: 'uaac' } as const;

  test('keeps its own selection, and does not change that of tpks', () => {
    const settings = selectInstallation(link, b, { role: 'uaa', name: 'admin@b' });
    expect(findSelection(settings).uaa).toBe(b);
    expect(findIdentities({ ...settings, program: 'tpks' })).toEqual(findIdentities(atA));
    expect(findIdentities({ ...settings, program: 'pks' })).toEqual(findIdentities(atA));
    const later = useCodyAtB({ ...settings, program: 'tpks' });
    expect(findIdentities({ ...later, program: 'uaac' })).toEqual({ uaa: 'admin@b' });
  });

  test('also selects for tpks with the first login', () => {
    const settings = useCodyAtB({ ...start, program: 'pks' });
    const expected: Selection = { uaa: b, identities: { [b]: { pks: 'cody@b' } } };
    expect(settings.selections).toEqual({ tpks: expected, pks: expected });
    const next = selectInstallation(settings, a, { role: 'pks', name: 'cody@a' });
    expect(next.selections.tpks).toEqual(expected);
  });
});

describe('addContextForRole', () => {
  test('adds a context for a role without one, and selects nothing', () => {
    const settings = addContextForRole(atA, 'uaa', 'admin@b');
    expect(findSelection(settings)).toEqual({
      uaa: a,
      identities: { [a]: { pks: 'cody@a', uaa: 'admin@a' }, [b]: { uaa: 'admin@b' } },
    });
    expect(findIdentities(addContextForRole(settings, 'pks', 'cody@b'), b)).toEqual({
      pks: 'cody@b',
      uaa: 'admin@b',
    });
  });

  test.each([
    ['a role that has a context', 'cody@a'],
    ['an unknown context', 'toString'],
  ])('changes nothing for %s', (_name, name) => {
    expect(addContextForRole(atA, 'uaa', name)).toBe(atA);
  });
});

describe('the description of a switch', () => {
  const settingsAt = (uaa: string, api?: string) =>
    someSettings(
      selectingOnly(
        uaa,
        api === undefined ? {} : { contexts: { cody: { ...codySettings, api, uaa } } },
      ),
    );
  const a = 'https://a.example.com:8443';

  describe('a change of the installation', () => {
    test('names both APIs', () => {
      expect(describeSwitch(settingsAt(a), settingsAt(b))).toBe(
        'Now using b.example.com (before: a.example.com)',
      );
      const loadBalancer = settingsAt('https://uaa.example.com', 'https://pks.example.com:443');
      expect(describeSwitch(settingsAt(a), loadBalancer)).toBe(
        'Now using pks.example.com:443 (before: a.example.com)',
      );
    });

    test('names the UAA if no API is known', () => {
      expect(describeSwitch(settingsAt(a), settingsAt('https://uaa.example.com'))).toBe(
        'Now using uaa.example.com (before: a.example.com)',
      );
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
});
