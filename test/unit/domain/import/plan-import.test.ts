import { expect, test } from '@jest/globals';
import { parseFile } from '../../../../src/domain/import/original-files.js';
import { planContexts } from '../../../../src/domain/import/plan-import.js';
import { startSeconds } from '../../../support/fixtures/old-cli-files.js';
import { someSettings } from '../../../support/fixtures/selections.js';

test('planContexts names no time for a token whose expiry is unknown', async () => {
  const now = new Date(startSeconds * 1000);
  const content = 'api: api.example.com\naccess_token: opaque\n';
  const { sessions } = parseFile({ path: 'creds.yml', isStdin: false, content }, [], now);
  const { contexts, unusable } = await planContexts(sessions, {
    settings: someSettings(),
    now,
    selectStore: () => Promise.resolve('file'),
    readSession: () => Promise.resolve(undefined),
  });
  expect(contexts).toEqual([]);
  expect(unusable).toMatchObject([
    { reason: 'it is unknown when the access token expires, and there is no refresh token' },
  ]);
});
