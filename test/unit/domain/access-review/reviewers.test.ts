import { expect, test } from '@jest/globals';
import { chooseReviewers } from '../../../../src/domain/access-review/reviewers.js';
import { adminSettings, codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';

const other = { api: 'https://b.example.com:9021', uaa: 'https://b.example.com:8443' };

/** Contexts of two UAAs. `cody` and `admin` are used at the first one. */
const settings = someSettings(
  selecting(
    { pks: 'cody', uaa: 'admin' },
    {
      contexts: {
        auditor: adminSettings,
        cody: codySettings,
        admin: adminSettings,
        elsewhere: { ...codySettings, ...other },
      },
    },
  ),
);

const choose = async (scopes: Readonly<Record<string, readonly string[]>>) => {
  const asked: string[] = [];
  const names = await chooseReviewers(settings, async (name) => {
    asked.push(name);
    return scopes[name];
  });
  return { names, asked: asked.filter((name) => name !== 'elsewhere') };
};

test('each UAA is reviewed with the context that tpks uaa uses there', async () => {
  expect(
    await choose({ admin: ['scim.read'], cody: ['uaa.admin'], auditor: ['uaa.admin'] }),
  ).toEqual({
    names: ['admin', 'elsewhere'],
    asked: ['admin'],
  });
});

test('a UAA is reviewed with another context if only that one can list users', async () => {
  expect(await choose({ admin: ['clients.read'], auditor: ['uaa.admin'], elsewhere: [] })).toEqual({
    names: ['auditor', 'elsewhere'],
    asked: ['admin', 'cody', 'auditor'],
  });
  expect((await choose({ cody: ['scim.read'], auditor: ['scim.read'] })).names).toEqual([
    ...['cody', 'elsewhere'],
  ]);
});

test('a UAA is not omitted if no context can list users, or no session can be read', async () => {
  expect((await choose({})).names).toEqual(['admin', 'elsewhere']);
  expect(await chooseReviewers(someSettings(), async () => [])).toEqual([]);
});
