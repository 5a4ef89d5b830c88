import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, limitedToken } from './steps.js';

const paths = [
  '/oauth/clients',
  '/oauth/clients/',
  '/oauth/clients/m-one<run>',
  '/oauth/clients/m-one<run>/',
  '/oauth/clients/m-one<run>/secret',
  '/oauth/clients/m-one<run>/meta',
  '/oauth/clients/m-one<run>/other',
  '/oauth/clients/m-one<run>/meta/more',
  '/oauth/clients/meta',
  '/oauth/clients/restricted',
  '/oauth/clients/restricted/m-one<run>',
  '/oauth/clients/tx',
  '/oauth/clients/tx/delete',
  '/oauth/clients/tx/modify',
  '/oauth/clients/tx/secret',
  '/oauth/clients/tx/other',
  '/oauth/clients/%20',
  '/oauth/clients/m-one<run>.json',
  '/oauth/CLIENTS/m-one<run>',
];
const bodies: Readonly<Record<string, unknown>> = { POST: {}, PUT: {}, PATCH: {} };

/** The responses to `GET /oauth/clients` and `GET /oauth/clients/meta` depend on other tests. */
const isUnstable = (request: string) => /^(GET|HEAD) \/oauth\/clients(\/meta)?\/?$/.test(request);

compareWithRecordings('clients-methods', [
  adminToken,
  limitedToken('scim', 'scim.read'),
  createClient('m-one'),
  ...paths.flatMap((path) =>
    ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']
      .map((method) => `${method} ${path}`)
      .filter((request) => !isUnstable(request))
      .filter((request) => !/^DELETE .*m-one<run>\/?$/.test(request))
      .map((request): Exchange => {
        const json = bodies[request.split(' ')[0] ?? ''];
        return { title: request, request, as: 'admin', ...(json !== undefined && { json }) };
      }),
  ),
  ...['GET', 'POST', 'PATCH', 'OPTIONS'].map((method): Exchange => ({
    title: `${method} without a token`,
    request: `${method} /oauth/clients/m-one<run>`,
  })),
  ...['GET', 'HEAD', 'OPTIONS', 'POST'].map((method): Exchange => ({
    title: `${method} of the batch route without a token`,
    request: `${method} /oauth/clients/tx`,
  })),
  ...['OPTIONS', 'GET'].map((method): Exchange => ({
    title: `${method} of the secret route without a token`,
    request: `${method} /oauth/clients/m-one<run>/secret`,
  })),
  ...['PUT', 'PATCH', 'OPTIONS', 'HEAD'].map((method): Exchange => ({
    title: `${method} without the scope`,
    request: `${method} /oauth/clients/m-one<run>`,
    as: 'scim',
  })),
]);
