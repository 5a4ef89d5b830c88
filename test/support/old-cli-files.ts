import { join } from 'node:path';
import type { TestUser } from './cli.js';
import { jwt } from './jwt.js';

/** The start of `fixedClock`, in seconds since 1970. */
export const startSeconds = Date.parse('2026-11-25T10:00:00Z') / 1000;

/** Claims of a token that the UAA of api.example.com issued to alana, as the real UAA names them. */
export const alanaClaims = {
  user_name: 'Alana',
  user_id: 'ede4d387',
  client_id: 'pks_cli',
  cid: 'pks_cli',
  grant_type: 'password',
  origin: 'uaa',
  scope: ['openid', 'pks.clusters.admin'],
  iss: 'https://api.example.com:8443/oauth/token',
  iat: startSeconds - 60,
  exp: startSeconds + 540,
};

/** Claims of a token that the UAA of api.example.com issued to the client admin. */
export const adminClaims = {
  sub: 'admin',
  client_id: 'admin',
  cid: 'admin',
  grant_type: 'client_credentials',
  scope: ['uaa.admin', 'clients.read'],
  iss: 'https://api.example.com:8443/oauth/token',
  iat: startSeconds - 60,
  exp: startSeconds + 540,
};

/** The claims of a refresh token that expires in a day. */
export const refreshClaims = { jti: 'r', iat: startSeconds - 60, exp: startSeconds + 86_400 };

interface UaacOptions {
  readonly url?: string;
  /** Lines of the target, e.g. `ca_cert: "/ca.pem"`. */
  readonly settings?: readonly string[];
  readonly alanaToken?: string;
  readonly adminToken?: string;
  readonly refreshToken?: string;
}

/** The content of `.uaac.yml` as uaac 4.28 writes it, with the contexts admin and alana. */
export function uaacFile({
  url = 'https://api.example.com:8443',
  settings = ['ca_cert:'],
  alanaToken = jwt(alanaClaims),
  adminToken = jwt(adminClaims),
  refreshToken = jwt(refreshClaims),
}: UaacOptions = {}): string {
  return `---
${url}:
  current: true
${settings.map((line) => `  ${line}\n`).join('')}  prompts:
    username:
    - text
    - Email
    password:
    - password
    - Password
  contexts:
    admin:
      client_id: admin
      access_token: ${adminToken}
      token_type: bearer
      expires_in: 43199
      scope:
      - uaa.admin
      - clients.read
      jti: 5193a78a9bf34f30ba1bdfc3b19cdb83
    alana:
      current: true
      user_id: ede4d387-cef3-459f-a593-fd07b4f71c25
      client_id: pks_cli
      access_token: ${alanaToken}
      token_type: bearer
      id_token: ${alanaToken}
      refresh_token: ${refreshToken}
      expires_in: 599
      scope:
      - openid
      - pks.clusters.admin
      jti: e697c27af4394d7a8126edb3a06064ac
`;
}

/** The path of `creds.yml` in the home directory of a user. */
export function credsPath({ env }: TestUser): string {
  return join(env['HOME'] ?? '', '.pks', 'creds.yml');
}

interface CredsOptions {
  readonly api?: string;
  readonly caCert?: string;
  readonly username?: string;
  readonly accessToken?: string;
  readonly refreshToken?: string;
}

/** The content of `creds.yml` as the original CLI writes it. */
export function credsFile({
  api = 'https://api.example.com',
  caCert = '',
  username = 'alana',
  accessToken = jwt(alanaClaims),
  refreshToken = jwt(refreshClaims),
}: CredsOptions = {}): string {
  const pem = caCert === '' ? '""' : `|\n${caCert.trimEnd().replace(/^/gm, '  ')}`;
  return `api: ${api}
ca_cert: ${pem}
username: ${username}
skip_ssl_verification: false
access_token: ${accessToken}
refresh_token: ${refreshToken === '' ? '""' : refreshToken}
`;
}
