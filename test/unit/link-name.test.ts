import { describe, expect, test } from '@jest/globals';
import { contents as rootContents } from '../../src/commands/index.js';
import { contents as uaaContents } from '../../src/commands/uaa/index.js';
import { createLinkTexts } from '../../src/link-name.js';
import { createUser } from '../support/program/cli.js';
import { fakeSend, tokenBody } from '../support/fakes/fake-send.js';
import { loginCommand } from '../support/program/headless.js';
import { examplesIn, renderHelpPages } from '../support/commands/help-pages.js';
import { recordedTerminal } from '../support/fakes/recorded-terminal.js';

const pks = createLinkTexts('pks', rootContents);
const uaac = createLinkTexts('uaac', uaaContents, 'uaa');

describe('a link named pks', () => {
  test.each([
    ['run tpks contexts to list them', 'run pks contexts to list them'],
    ['$ tpks uaa user add joe', '$ pks uaa user add joe'],
    ['use `tpks wait`, or\ntpks\n  clusters', 'use `pks wait`, or\npks\n  clusters'],
    ['see tpks --help, tpks -V', 'see pks --help, pks -V'],
    ['$(tpks token), echo y | tpks ...', '$(pks token), echo y | pks ...'],
    ['tpks list-clusters', 'pks list-clusters'],
  ])('changes %j to %j', (text, expected) => {
    expect(pks.rename(text)).toBe(expected);
  });

  test.each([
    'tpks keeps a copy',
    'this is a bug in tpks; run the command again',
    'tpks - a tool',
    'tpks status-page',
    '/usr/bin/tpks clusters',
    'mytpks clusters',
    'tpks 0.1.0',
    'issuer CN=tpks sandbox CA 1',
  ])('does not change %j', (text) => {
    expect(pks.rename(text)).toBe(text);
  });
});

describe('a link named uaac', () => {
  test.each([
    ['list the users: tpks uaa users', 'list the users: uaac users'],
    ['tpks uaa --help', 'uaac --help'],
    ['the context of `tpks uaa`', 'the context of `uaac`'],
    ['tpks login, or tpks uaa token owner get', 'tpks login, or uaac token owner get'],
    ['tpks uaac', 'tpks uaac'],
  ])('changes %j to %j', (text, expected) => {
    expect(uaac.rename(text)).toBe(expected);
  });
});

test.each([
  { name: 'pks', contents: rootContents, rename: pks.rename },
  { name: 'tkgi', contents: rootContents, rename: createLinkTexts('tkgi', rootContents).rename },
  { name: 'uaac', contents: uaaContents, rename: uaac.rename },
])('all help pages of $name name only its own commands', async (root) => {
  const pages = await renderHelpPages(root);
  expect(pages.length).toBeGreaterThan(uaaContents.length);
  for (const { command, text } of pages) {
    expect(`${command}: ${root.rename(text)}`).toBe(`${command}: ${text}`);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(examplesIn({ text }).filter((line) => /\btpks (?!login)/.test(line))).toEqual([]);
  }
});

describe('messages', () => {
  test('name the link in notes, warnings, prompts and pages', async () => {
    const terminal = recordedTerminal({ 'run pks status? ': 'y' });
    const linked = pks.adaptTerminal(terminal);
    linked.note('see tpks task 1');
    linked.warn('run tpks login');
    linked.showLive(['resume: tpks wait c1']);
    await linked.prompt({ message: 'run tpks status? ', hint: 'none' });
    await linked.showPage({ json: {}, text: () => ['use tpks', 'clusters'] });
    expect(terminal.notes).toEqual(['see pks task 1']);
    expect(terminal.warnings).toEqual(['run pks login']);
    expect(terminal.liveUpdates).toEqual([['resume: pks wait c1']]);
    expect(terminal.prompts).toEqual(['run pks status? ']);
    expect(terminal.lines).toEqual(['use pks', 'clusters']);
  });

  test('are changed in results only if the text names commands', async () => {
    const terminal = recordedTerminal();
    const linked = pks.adaptTerminal(terminal);
    const json = ['tpks clusters'];
    await linked.show({ json, text: ['tpks clusters'] });
    await linked.show({
      json,
      text: [[{ text: 'tpks login', tone: 'good' }]],
      namesCommands: true,
    });
    expect(terminal.lines).toEqual(['tpks clusters', 'pks login']);
    expect(terminal.json).toEqual([json, json]);
  });
});

describe('a command that is run through a link', () => {
  test('names the link in errors and hints, including in JSON', async () => {
    const user = createUser();
    const text = await user.tpks(['clusters'], { programName: 'tkgi' });
    expect(text.stderr).toContain('Hint: tkgi login -a api.example.com');
    const { stderr } = await user.tpks(['context', 'use', 'x', '--json'], { programName: 'pks' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { hint: 'run pks contexts to list the contexts, or pks login to create one' },
    });
    const plan = await user.tpks(['plan'], { programName: 'uaac' });
    expect(plan.stderr).toContain('Hint: uaac plan --help');
  });

  test('names the link in the text for an empty list, but not in data from the server', async () => {
    const user = createUser();
    const empty = await user.tpks(['contexts'], { programName: 'pks' });
    expect(empty.stdout).toBe('No contexts yet. Create one: pks login -a api.example.com\n');
    const send = ({ url }: { url: string }) =>
      fakeSend({
        body: url.includes('/oauth/token')
          ? tokenBody
          : url.includes('/v1/plans')
            ? [{ name: 'small', id: '1', description: 'see tpks plans' }]
            : [],
      }).send({ method: 'GET', url });
    await user.tpks(loginCommand, { send });
    const plans = await user.tpks(['plans'], { send, programName: 'pks' });
    expect(plans).toMatchObject({ code: 0, stdout: expect.stringContaining('see tpks plans') });
  });
});
