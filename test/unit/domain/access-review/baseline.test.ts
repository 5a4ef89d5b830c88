import { describe, expect, test } from '@jest/globals';
import type { TpksError } from '../../../../src/base/errors.js';
import { applyBaseline, readBaseline } from '../../../../src/domain/access-review/baseline.js';
import type { SubjectFinding } from '../../../../src/domain/access-review/finding.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { fileInput } from '../../../support/fixtures/file-input.js';

const folder = fileFolder();
const read = (text: string) => readBaseline(fileInput(folder.write('accepted.yml', text)));
/** Returns the message and the errors with their line numbers. */
const textOf = async (text: string) => {
  const error: unknown = await read(text).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: 'usage' });
  const { message, hint } = error as TpksError;
  return `${message}\n${hint ?? ''}`;
};

describe('a baseline file', () => {
  test('lists ids, identities and reasons, and the origin if a name is ambiguous', async () => {
    const text = `
- {id: client-admin-authority, identity: admin, reason: used by Ops Manager}
- id: user-inactive
  identity: cody
  origin: ldap
  reason: on leave until May
`;
    expect(await read(text)).toEqual([
      { id: 'client-admin-authority', identity: 'admin', reason: 'used by Ops Manager' },
      { id: 'user-inactive', identity: 'cody', origin: 'ldap', reason: 'on leave until May' },
    ]);
    expect(await read('[]')).toEqual([]);
  });

  test.each([
    ['- [', /accepted\.yml/],
    ['{id: user-inactive}', /must be a list such as \[\{id: client-admin-authority, /],
    ['[{id: user-inactive, identity: cody}]', /line 1: .*reason is missing/],
    ['[{id: user-inactive, identity: cody, reason: " "}]', /reason is empty/],
    ['[{id: user-inactive, reason: known}]', /identity is missing/],
    ['[{identity: cody, reason: known}]', /id is missing/],
    ['\n- {id: user-inactiv, identity: cody, reason: known}', /line 2: .*id must be one of user-/],
    [
      '[{id: user-inactive, identity: cody, reason: known, severity: low}]',
      /severity is not allowed in a baseline, because the id determines the severity/,
    ],
    ['[{id: user-inactive, identity: cody, reason: known, until: 2027}]', /until/],
  ])('with a problem is rejected: %j', async (text, message) => {
    expect(await textOf(text)).toMatch(message);
  });
});

describe('accepted findings', () => {
  const aProblem = (identity: string, origin?: string): SubjectFinding => ({
    subjects: [],
    finding: {
      ...{ id: 'user-inactive', severity: 'low', identity, reason: 'Why', command: 'tpks' },
      ...(origin === undefined ? {} : { origin }),
    },
  });
  const entry = { id: 'user-inactive', identity: 'cody', reason: 'known' } as const;
  const problems = [aProblem('cody', 'uaa'), aProblem('cody', 'ldap'), aProblem('Cody', 'uaa')];

  test('are omitted for every origin if the entry has no origin', () => {
    expect(applyBaseline(problems, [entry])).toEqual({ problems: [problems[2]], unused: [] });
  });

  test('are omitted only for the origin of the entry', () => {
    expect(applyBaseline(problems, [{ ...entry, origin: 'ldap' }])).toEqual({
      problems: [problems[0], problems[2]],
      unused: [],
    });
  });

  test('with another id, name or origin are not omitted, and the entry is unused', () => {
    const others = [
      { ...entry, id: 'user-never-logged-in' },
      { ...entry, identity: 'CODY' },
      { ...entry, origin: 'saml' },
    ] as const;
    expect(applyBaseline(problems, others)).toEqual({ problems, unused: others });
  });
});
