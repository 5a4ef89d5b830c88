import { describe, expect, test } from '@jest/globals';
import { appliedView, planView } from '../../../../src/commands/uaa/plan-view.js';
import type { Outcome, Progress } from '../../../../src/domain/access-as-code/apply.js';
import type { Change } from '../../../../src/domain/access-as-code/difference.js';
import type { Plan } from '../../../../src/domain/access-as-code/plan.js';
import { displayWidth } from '../../../../src/platform/terminal/lines.js';
import { toPlainText } from '../../../support/checks/plain-lines.js';

const changes: readonly Change[] = [
  {
    action: 'add',
    kind: 'user',
    user: {
      user: 'erin',
      origin: 'uaa',
      emails: ['erin@example.com'],
      givenName: 'Erin',
      familyName: 'Blue',
      passwordFrom: { kind: 'env', name: 'ERIN_PASSWORD' },
    },
  },
  {
    action: 'change',
    kind: 'user',
    user: { user: 'zoe', origin: 'ldap', givenName: 'Zoe', emails: ['new@x'] },
    fields: [
      { name: 'emails', from: ['old@x'], to: ['new@x'] },
      { name: 'given_name', from: undefined, to: 'Zoe' },
    ],
  },
  { action: 'add', kind: 'group', name: 'team', description: 'A team' },
  { action: 'add', kind: 'group', name: 'core', description: undefined },
  { action: 'add', kind: 'member', group: 'team', member: { user: 'zoe', origin: 'ldap' } },
  { action: 'add', kind: 'member', group: 'team', member: { group: 'core' } },
  { action: 'add', kind: 'external', group: 'team', external: { origin: 'ldap', name: 'cn=dev' } },
  {
    action: 'add',
    kind: 'client',
    client: {
      id: 'ci',
      attributes: { scope: ['a', 'b'], authorities: [], access_token_validity: 600 },
      secretFrom: { kind: 'file', path: 'ci.secret' },
    },
  },
  {
    action: 'change',
    kind: 'client',
    id: 'web',
    fields: [
      { name: 'access_token_validity', from: 600, to: 900 },
      { name: 'autoapprove', from: true, to: ['a'] },
      { name: 'scope', from: ['a', 'old'], to: ['a', 'b'] },
    ],
  },
  {
    action: 'change',
    kind: 'member',
    group: 'team',
    member: { user: 'erin', origin: 'ldap' },
    fields: [{ name: 'origin', from: 'ldap', to: 'uaa' }],
  },
  { action: 'remove', kind: 'member', group: 'team', member: { user: 'mallory', origin: 'uaa' } },
  { action: 'remove', kind: 'external', group: 'team', external: { origin: 'saml', name: 'ops' } },
];

const plan: Plan = {
  path: 'access.yml',
  uaa: 'https://uaa.example.com',
  changes,
  ids: { members: new Map(), groups: new Map() },
  secrets: { users: new Map(), clients: new Map() },
  missingSecrets: [],
  unmanaged: { unknown: [], missing: [] },
};

describe('planView', () => {
  test('prints each change on one line', () => {
    expect(planView(plan).text.map(toPlainText)).toEqual([
      'Changes that make https://uaa.example.com match access.yml:',
      '',
      '+ user erin: erin@example.com; Erin Blue; password from env:ERIN_PASSWORD',
      '~ user zoe (ldap): emails +new@x -old@x; given_name Zoe',
      '+ group team: A team',
      '+ group core',
      '+ group team: member zoe (ldap)',
      '+ group team: member group core',
      '+ group team: external cn=dev (ldap)',
      '+ client ci: access_token_validity 600; authorities (none); scope a b; secret from file:ci.secret',
      '~ client web: access_token_validity 600 -> 900; autoapprove true -> a; scope +b -old',
      '~ group team: member erin (ldap): membership origin ldap -> uaa',
      '- group team: member mallory',
      '- group team: external ops (saml)',
      '',
      '12 changes (+ 7, ~ 3, - 2)',
    ]);
  });

  test('breaks lines between words on a terminal', () => {
    const { screen } = planView({ ...plan, changes: changes.slice(7, 9) });
    expect(screen?.(60).map(toPlainText)).toEqual([
      'Changes that make https://uaa.example.com match access.yml:',
      '',
      '+ client ci: access_token_validity 600; authorities (none);',
      '  scope a b; secret from file:ci.secret',
      '~ client web: access_token_validity 600 -> 900; autoapprove',
      '  true -> a; scope +b -old',
      '',
      '2 changes (+ 1, ~ 1)',
    ]);
  });

  test.each([60, 80, 120, 200])('fits a terminal with %i columns', (columns) => {
    const wide: Change = {
      action: 'add',
      kind: 'group',
      name: '\u5c71\u7530\u592a\u90ce',
      description: '\u5c71\u7530 \u592a\u90ce '.repeat(40).trim(),
    };
    const wholePlan = { ...plan, changes: [...changes, wide] };
    const outcomes = createProgress(...wholePlan.changes.map(() => 'failed' as const));
    const screens = [planView(wholePlan), appliedView(wholePlan, outcomes)].flatMap(
      ({ screen }) => screen?.(columns) ?? [],
    );
    for (const line of screens) {
      expect(displayWidth(toPlainText(line))).toBeLessThanOrEqual(columns);
    }
  });

  test('returns the same data as JSON, in camelCase, with null for missing values', () => {
    expect(planView(plan).json).toEqual({
      uaa: 'https://uaa.example.com',
      file: 'access.yml',
      changes: [
        {
          action: 'add',
          kind: 'user',
          user: 'erin',
          origin: 'uaa',
          emails: ['erin@example.com'],
          phones: [],
          givenName: 'Erin',
          familyName: 'Blue',
          passwordFrom: 'env:ERIN_PASSWORD',
        },
        {
          action: 'change',
          kind: 'user',
          user: 'zoe',
          origin: 'ldap',
          fields: [
            { name: 'emails', from: ['old@x'], to: ['new@x'] },
            { name: 'given_name', from: null, to: 'Zoe' },
          ],
        },
        { action: 'add', kind: 'group', group: 'team', description: 'A team' },
        { action: 'add', kind: 'group', group: 'core', description: null },
        ...changes.slice(4, 6),
        { action: 'add', kind: 'external', group: 'team', origin: 'ldap', name: 'cn=dev' },
        {
          action: 'add',
          kind: 'client',
          client: 'ci',
          attributes: { scope: ['a', 'b'], authorities: [], access_token_validity: 600 },
          secretFrom: 'file:ci.secret',
        },
        {
          action: 'change',
          kind: 'client',
          client: 'web',
          fields: [
            { name: 'access_token_validity', from: 600, to: 900 },
            { name: 'autoapprove', from: true, to: ['a'] },
            { name: 'scope', from: ['a', 'old'], to: ['a', 'b'] },
          ],
        },
        ...changes.slice(9, 11),
        { action: 'remove', kind: 'external', group: 'team', origin: 'saml', name: 'ops' },
      ],
      summary: { add: 7, change: 3, remove: 2 },
    });
  });

  test('reports that there are no changes', () => {
    const { text, json } = planView({ ...plan, changes: [] });
    expect(text).toEqual(['No changes: https://uaa.example.com matches access.yml']);
    expect(json).toMatchObject({ changes: [], summary: { add: 0, change: 0, remove: 0 } });
  });
});

describe('appliedView', () => {
  const smallPlan = { ...plan, changes: changes.slice(2, 5) };

  test('prints a summary if all changes were made', () => {
    expect(appliedView(smallPlan, createProgress('done', 'done', 'done'))).toMatchObject({
      text: ['Done: 3 changes (+ 3)'],
      json: {
        complete: true,
        changes: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'done' }],
      },
    });
  });

  test('prints each change with its outcome, in the order of the plan, if some were not made', () => {
    const view = appliedView(smallPlan, createProgress('failed', 'done', 'notStarted'));
    expect(view.text.map(toPlainText)).toEqual([
      'failed       + group team: A team',
      'done         + group core',
      'not started  + group team: member zoe (ldap)',
    ]);
    expect(view.json).toMatchObject({
      complete: false,
      changes: [{ outcome: 'failed' }, { outcome: 'done' }, { outcome: 'notStarted' }],
    });
  });

  test('shows outcomes in the colors of states, and breaks lines, only on a terminal', () => {
    const view = appliedView(smallPlan, createProgress('failed', 'done', 'notStarted'));
    const lines = view.screen?.(40) ?? [];
    expect(lines.map(toPlainText)).toEqual([
      'failed       + group team: A team',
      'done         + group core',
      'not started  + group team: member zoe',
      '               (ldap)',
    ]);
    expect(lines.map((line) => line[0])).toEqual([
      { text: 'failed', tone: 'bad' },
      { text: 'done', tone: 'good' },
      { text: 'not started', tone: 'queued' },
      ' '.repeat(15),
    ]);
    expect(view.text.map((line) => line[0])).toEqual(['failed', 'done', 'not started']);
  });

  test('reports that there were no changes', () => {
    const view = appliedView({ ...plan, changes: [] }, createProgress());
    expect(view.text).toEqual(['No changes: https://uaa.example.com matches access.yml']);
    expect(view.json).toMatchObject({ complete: true, changes: [] });
  });
});

function createProgress(...outcomes: Outcome[]): Progress {
  return { outcomes, failures: [], isInterrupted: false };
}
