import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, createUser, limitedToken } from './steps.js';

/** @param query - parameters, or a description of another request. */
function formatTitle(noun: string, query: string): string {
  return query.includes('=')
    ? `${noun} with "${query}"`
    : `${noun} ${query || 'without parameters'}`;
}

/** Lists the two users of this run. */
function list(query: string, more: Partial<Exchange> = {}): Exchange {
  const own = 'filter=userName+sw+%22lis<run>%22+or+userName+eq+%22lot<run>%22';
  return {
    title: formatTitle('a list', query),
    request: `GET /Users?${own}${query === '' ? '' : `&${query}`}`,
    as: 'admin',
    ...more,
  };
}

/** Looks up ids. */
function ids(query: string, more: Partial<Exchange> = {}): Exchange {
  const title = formatTitle('ids', query);
  return { title, request: `GET /ids/Users?${query}`, as: 'admin', ...more };
}

const own = 'userName+eq+%22lis<run>%22';

compareWithRecordings('users-lists', [
  adminToken,
  limitedToken('reader', 'scim.read'),
  limitedToken('ids', 'scim.userids'),
  ...createUser('lis'),
  ...createUser('lot'),
  {
    title: 'a user of an inactive origin is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'lis<run>',
      origin: 'nowhere',
      externalId: 'e<run>',
      emails: [{ value: 'l@example.com' }],
    },
    save: { 'external-id': 'id' },
  },
  {
    title: 'the second user has approvals',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'lisa<run>',
      password: 'p',
      emails: [{ value: 'a@example.com' }],
      phoneNumbers: [{ value: '5' }],
      name: { givenName: 'L', familyName: 'A' },
      approvals: [
        { clientId: 'pks_cli', scope: 'openid', status: 'APPROVED' },
        { clientId: 'cf', scope: 'openid', status: 'DENIED' },
      ],
    },
    save: { 'lisa-id': 'id' },
  },
  { title: 'the user with approvals', request: 'GET /Users/<lisa-id>', as: 'admin' },
  ...[
    '',
    'attributes=id',
    'attributes=userName',
    'attributes=username',
    'attributes=USERNAME',
    'attributes=id,userName',
    'attributes=id,%20userName',
    'attributes=emails',
    'attributes=emails.value',
    'attributes=emails.primary',
    'attributes=email',
    'attributes=name',
    'attributes=name.givenName',
    'attributes=givenName,familyName',
    'attributes=groups',
    'attributes=groups.display',
    'attributes=approvals',
    'attributes=Approvals',
    'attributes=phoneNumbers',
    'attributes=phoneNumbers.value',
    'attributes=meta',
    'attributes=meta.version',
    'attributes=active,verified,origin,zoneId,externalId',
    'attributes=passwordLastModified',
    'attributes=password',
    'attributes=schemas',
    'attributes=unknown',
    'attributes=unknown.part',
    'attributes=',
    'attributes=,',
    'attributes=id,id',
    'attributes=id&attributes=userName',
    'attributes=*',
    'attributes=$',
    'attributes=[0]',
    'attributes=a[',
    'attributes=lastLogonTime,previousLogonTime',
    'count=1',
    'count=0',
    'count=-1',
    'count=501',
    'count=abc',
    'count=',
    'count=1.5',
    'count=99999999999',
    'startIndex=2',
    'startIndex=0',
    'startIndex=-5',
    'startIndex=4',
    'startIndex=100',
    'startIndex=abc',
    'startIndex=',
    'startIndex=2&count=1',
    'sortBy=userName',
    'sortBy=userName&sortOrder=descending',
    'sortBy=userName&sortOrder=Ascending',
    'sortBy=userName&sortOrder=',
    'sortBy=unknown',
    'sortBy=',
    'sortBy=email&sortOrder=ascending',
    'sortBy=emails.value',
    'sortBy=password',
    'sortBy=id;',
    'unknown=1',
    'trace=false',
  ].map((query) => list(query)),
  list('by a reader', { as: 'reader', request: 'GET /Users?filter=id+eq+%22<lisa-id>%22' }),
  list('with a trailing slash', { request: 'GET /Users/?filter=id+eq+%22<lisa-id>%22' }),
  list('with a body', { json: {}, request: 'GET /Users?filter=id+eq+%22<lisa-id>%22' }),
  list('with a form', {
    form: { filter: 'x' },
    request: 'GET /Users?filter=id+eq+%22<lisa-id>%22',
  }),
  ...[
    `filter=${own}`,
    `filter=${own}&includeInactive=true`,
    `filter=${own}&includeInactive=TRUE`,
    `filter=${own}&includeInactive=yes`,
    `filter=${own}&includeInactive=1`,
    `filter=${own}&includeInactive=maybe`,
    `filter=${own}&includeInactive=`,
    `filter=${own}&count=1`,
    `filter=${own}&count=abc`,
    `filter=${own}&startIndex=2`,
    `filter=${own}&startIndex=0`,
    `filter=${own}&startIndex=x`,
    `filter=${own}&sortOrder=descending`,
    `filter=${own}&attributes=id`,
    `filter=+${own}+`,
    'filter=id+eq+%22<lisa-id>%22',
    'filter=ID+Eq+%22<lisa-id>%22',
    'filter=id+eq+%22<lisa-id>%22+or+userName+eq+%22lot<run>%22',
    'filter=id+eq+%22<lisa-id>%22+and+origin+eq+%22uaa%22',
    'filter=id+eq+%22<lisa-id>%22+and+active+eq+true',
    'filter=origin+eq+%22uaa%22',
    'filter=userName+sw+%22lis%22',
    'filter=userName+co+%22lis%22',
    'filter=userName+pr',
    'filter=userName+gt+%22lis%22',
    'filter=email+eq+%22x%22',
    'filter=userName+eq+%22none-<run>%22',
    'filter=userName+eq+lis',
    'filter=',
    'filter=+',
    'filter=nonsense',
    '',
  ].map((query) => ids(query)),
  ids('by someone with only this scope', { as: 'ids', request: `GET /ids/Users?filter=${own}` }),
  ids('by a reader', { as: 'reader', request: `GET /ids/Users?filter=${own}` }),
  ...['POST', 'PUT', 'DELETE', 'PATCH'].map((method) =>
    ids(`by ${method}`, { request: `${method} /ids/Users?filter=${own}` }),
  ),
  ids('in a form', { request: 'POST /ids/Users', form: { filter: 'userName eq "lot<run>"' } }),
  ids('of another path', { request: `GET /ids/Users/x?filter=${own}` }),
  ids('with a suffix', { request: `GET /ids/Usersx?filter=${own}` }),
  ids('of groups', { request: 'GET /ids/Groups' }),
]);
