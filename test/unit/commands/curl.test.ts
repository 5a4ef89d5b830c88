import { describe, expect, test } from '@jest/globals';
import { curl, type CurlFlags } from '../../../src/commands/curl.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';
import { toResponse, type FakeResponse } from '../../support/fakes/fake-send.js';
import { aUserContext } from '../../support/fixtures/contexts-and-clusters.js';

const json = { 'content-type': 'application/json;charset=UTF-8' };

interface Run {
  readonly flags?: CurlFlags;
  readonly isTerminal?: boolean;
  /** The pieces in which the body arrives; the last one can be an error. */
  readonly pieces?: readonly (string | Error)[];
}

/** Returns what is printed, in the pieces in which it is printed. */
async function print(
  response: FakeResponse,
  { flags = {}, isTerminal = true, pieces }: Run = {},
): Promise<readonly string[]> {
  const terminal = { ...recordedTerminal(), usesScreen: () => isTerminal };
  const unused = () => Promise.reject(new Error('not used'));
  async function* stream() {
    for (const piece of pieces ?? []) {
      if (piece instanceof Error) throw await Promise.resolve(piece);
      yield Buffer.from(piece);
    }
  }
  const send = async () => ({
    ...toResponse(response),
    ...(pieces === undefined ? {} : { stream }),
  });
  await curl(
    { path: '/v1/clusters', ...flags },
    {
      terminal,
      context: async () => aUserContext(),
      pksSend: () => send,
      uaaContext: unused,
      uaaSend: () => unused,
    },
  ).catch(() => undefined);
  return terminal.lines;
}

describe('on a terminal, curl', () => {
  test.each(['application/json', 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8'])(
    'indents %s',
    async (type) => {
      const response = { headers: { 'content-type': type }, body: '{"a":[1,{}],"b":1.5}' };
      expect(await print(response)).toEqual(['{\n  "a": [\n    1,\n    {}\n  ],\n  "b": 1.5\n}\n']);
    },
  );

  test('prints the head before the body', async () => {
    const response = { headers: json, body: '[1]' };
    expect(await print(response, { flags: { include: true } })).toEqual([
      'HTTP 200\ncontent-type: application/json;charset=UTF-8\n\n',
      '[\n  1\n]\n',
    ]);
  });

  test('indents the body of an error', async () => {
    const response = { status: 404, headers: json, body: '{"body":"no"}' };
    expect(await print(response)).toEqual(['{\n  "body": "no"\n}\n']);
  });

  test.each([
    ['text that is not JSON', json, 'no JSON'],
    ['several JSON texts', json, '{"a":1}\n{"a":2}\n'],
    ['JSON with another type', { 'content-type': 'text/event-stream' }, '{"a":1}'],
  ])('prints %s unchanged', async (_name, headers, body) => {
    expect(await print({ headers, body })).toEqual([body]);
  });
});

test('in a pipe, curl does not change the body', async () => {
  const response = { headers: json, body: '{"a":1}' };
  expect(await print(response, { isTerminal: false })).toEqual(['{"a":1}']);
});
