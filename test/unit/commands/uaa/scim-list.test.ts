import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addContents } from '../../../../src/commands/contents.js';
import { contents } from '../../../../src/commands/uaa/index.js';
import { toListQuery } from '../../../../src/commands/uaa/scim-list.js';
import type { Services } from '../../../../src/services.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';

describe('toListQuery', () => {
  test('treats --count like --limit and --filter like the argument', () => {
    expect(toListQuery(undefined, { filter: 'x', count: 3 })).toEqual(
      toListQuery('x', { limit: 3 }),
    );
  });

  test('rejects a filter as argument and option', () => {
    expect(() => toListQuery('x', { filter: 'y' })).toThrow('The filter was given twice');
  });
});

describe.each(['users', 'groups', 'clients', 'group mappings'])('uaa %s', (words) => {
  test.each([
    ['json', true],
    ['yaml', true],
    ['name', true],
    ['table', false],
  ])('as %s accepts the size of streamed output: %j', async (output, isStreamed) => {
    const queries: unknown[] = [];
    const list = (query: unknown) => {
      queries.push(query);
      return [];
    };
    const services = {
      terminal: { ...recordedTerminal(), wantsJson: () => false },
      options: () => ({}),
      uaaResource: async () => ({ list }),
    };
    const program = new Command('uaa');
    addContents(program, contents, services as unknown as Services);
    const args = [...words.split(' '), '--limit', '1', '-o', output];
    await program.parseAsync(args, { from: 'user' });
    expect(queries).toEqual([expect.objectContaining({ limit: 1, isStreamed })]);
  });
});
