import { describe, expect, test } from '@jest/globals';
import { findLink } from '../../../src/base/link.js';
import { findRoot, withRenamedCommands } from '../../../src/cli/links.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

const pks = await findRoot(findLink('pks'));
const uaac = await findRoot(findLink('uaac'));

describe('a link named pks', () => {
  test.each([
    ['run tpks contexts to list them', 'run pks contexts to list them'],
    ['$ tpks uaa user add joe', '$ pks uaa user add joe'],
    ['use `tpks wait`, or\ntpks\n  clusters', 'use `pks wait`, or\npks\n  clusters'],
    ['see tpks --help, tpks -V', 'see pks --help, pks -V'],
    ['$(tpks token), echo y | tpks ...', '$(pks token), echo y | pks ...'],
    ['tpks list-clusters', 'pks list-clusters'],
    ['tpks cluster list-1', 'pks cluster list-1'],
    ['tpks help contexts', 'pks help contexts'],
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
    // Links have no verbs.
    'tpks cluster create',
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

describe('messages', () => {
  test('name the link in notes, warnings, prompts and pages', async () => {
    const terminal = recordedTerminal({ 'run pks status? ': 'y' });
    const linked = withRenamedCommands(terminal, pks.rename);
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
    const linked = withRenamedCommands(terminal, pks.rename);
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
