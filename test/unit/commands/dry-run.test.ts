import { expect, test } from '@jest/globals';
import { requestView, runAndShowDryRun } from '../../../src/commands/dry-run.js';
import { withDryRun } from '../../../src/platform/http/dry-run.js';
import { fakeSend } from '../../support/fakes/fake-send.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';

const url = 'https://api.example.com:9021/v1/quotas';

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  'a dry run shows a %s request instead of sending it',
  async (method) => {
    const { send, requests } = fakeSend();
    const terminal = recordedTerminal();
    const body = JSON.stringify({ owner: 'cody', limit: { cpu: 4 } });
    await runAndShowDryRun(
      async () => {
        await withDryRun(send)({ method, url, body });
        throw new Error('continued after the request');
      },
      { terminal },
    );
    expect(requests).toEqual([]);
    expect(terminal.json).toEqual([{ method, url, body: { owner: 'cody', limit: { cpu: 4 } } }]);
    expect(terminal.lines).toEqual([
      `${method} ${url}`,
      '',
      '{',
      '   "owner": "cody",',
      '   "limit": {',
      '      "cpu": 4',
      '   }',
      '}',
    ]);
    expect(terminal.notes).toEqual(['Dry run: nothing was sent']);
  },
);

test('a dry run sends GET and HEAD requests', async () => {
  const { send, requests } = fakeSend({ body: { a: 1 } });
  for (const method of ['GET', 'HEAD']) await withDryRun(send)({ method, url });
  expect(requests.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
});

test('a request without a body is shown as one line, with null as the body in JSON', () => {
  const view = requestView({ method: 'DELETE', url });
  expect(view).toMatchObject({ json: { method: 'DELETE', url, body: null } });
  expect(view.text).toEqual([`DELETE ${url}`]);
});
