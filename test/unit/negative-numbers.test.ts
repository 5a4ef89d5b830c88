import { beforeAll, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { contents } from '../../src/commands/index.js';
import type { Services } from '../../src/services.js';
import { createUser } from '../support/program/cli.js';
import { fakeSend, tokenBody } from '../support/fakes/fake-send.js';
import { loginCommand } from '../support/program/headless.js';
import { listCommands } from '../support/commands/leaves.js';

/** The placeholders of options that are numbers. */
const isNumber = /<(number|seconds|port|duration)>/;

/** -1 has a meaning for this option. */
const acceptsMinusOne = ['--kubelet-drain-grace-period'];

const cases = (await listCommands(contents)).flatMap(({ words, part }) => {
  const command = new Command();
  part.define(command, {} as Services);
  const operands = command.registeredArguments
    .filter(({ required }) => required)
    .map(({ argChoices }) => argChoices?.[0] ?? 'x');
  return command.options
    .filter(({ flags, long }) => isNumber.test(flags) && !acceptsMinusOne.includes(long ?? ''))
    .flatMap(({ long = '', short }) =>
      [`${long} -1`, `${long}=-1`, ...(short === undefined ? [] : [`${short} -1`, `${short}=-1`])]
        // These commands use the option parser of uaac, for which `=` is a part of the value.
        .filter((typed) => !(words.startsWith('uaa ') && /^-\w=/.test(typed)))
        .map((typed) => [[words, ...operands, typed].join(' '), long] as const),
    );
});

const user = createUser();
const requests: string[] = [];
const { send } = fakeSend({ body: tokenBody });

beforeAll(async () => {
  await user.tpks(loginCommand, { send });
});

test('there are options that are numbers', () => {
  expect(cases.length).toBeGreaterThan(20);
});

test.each(cases)('"%s" is rejected before anything is sent', async (line, flag) => {
  const { code, stderr } = await user.tpks(line.split(' '), {
    send: (request) => {
      requests.push(request.url);
      return send(request);
    },
  });
  expect({ code, requests }).toEqual({ code: 2, requests: [] });
  expect(stderr).toContain(`Invalid value for ${flag}: -1 (`);
});
