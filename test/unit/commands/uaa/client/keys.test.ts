import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fileFolder } from '../../../../support/fixtures/file-folder.js';
import { type Responses, runAsAdmin, type RunResult } from '../run-uaa-command.js';

const folder = fileFolder();
const uaa = 'https://uaa.example.com:8443';

const robot = { client_id: 'robot', authorized_grant_types: ['client_credentials'] };
const responses: Responses = {
  'GET /.well-known/openid-configuration': {
    token_endpoint: `${uaa}/oauth/token`,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  },
  'POST /oauth/clients': robot,
  'PUT /oauth/clients/robot': robot,
  'DELETE /oauth/clients/robot': robot,
};
const addRobot = (path: string) => [
  ...['client', 'add', 'robot', '--authorities', 'uaa.resource', '--generate-key', path],
];

describe('uaa client add --generate-key', () => {
  test('creates a client without scopes, and completes it afterwards', async () => {
    const path = join(folder.path, 'robot.jwk');
    const { requests } = await runAsAdmin(addRobot(path), responses);
    const { kty, crv, x, y, kid, alg } = JSON.parse(readFileSync(path, 'utf8')) as Record<
      string,
      string
    >;
    expect(requests).toEqual([
      ['GET /.well-known/openid-configuration'],
      [
        'POST /oauth/clients',
        {
          client_id: 'robot',
          authorized_grant_types: ['authorization_code'],
          scope: ['uaa.none'],
          redirect_uri: ['http://localhost/unused'],
          allowpublic: true,
          jwks: JSON.stringify({ keys: [{ crv, kty, x, y, kid, alg }] }),
        },
      ],
      [
        'PUT /oauth/clients/robot',
        {
          client_id: 'robot',
          name: 'robot',
          authorized_grant_types: ['client_credentials'],
          authorities: ['uaa.resource'],
          allowpublic: false,
        },
      ],
    ]);
  });

  test.each<[string, Responses, string]>([
    ['deletes the client', {}, ''],
    ['says that the client remains', { 'DELETE /oauth/clients/robot': 503 }, 'client delete robot'],
  ])('%s if it cannot be completed', async (_name, changes, hint) => {
    const path = join(folder.path, 'incomplete.jwk');
    const requests: RunResult['requests'][number][] = [];
    const failing = { ...responses, 'PUT /oauth/clients/robot': 400, ...changes };
    await expect(runAsAdmin(addRobot(path), failing, {}, requests)).rejects.toMatchObject({
      status: 400,
      ...(hint === '' ? {} : { hint: expect.stringContaining(hint) }),
    });
    expect(requests.map(([line]) => line)).toEqual([
      'GET /.well-known/openid-configuration',
      'POST /oauth/clients',
      'PUT /oauth/clients/robot',
      'DELETE /oauth/clients/robot',
    ]);
    expect(existsSync(path)).toBe(false);
  });
});
