import { compareWithRecordings } from './compare.js';
import { authorizePath, browser, createClient, loggedInUser } from './browser-steps.js';
import { createUser, userToken } from './steps.js';
import type { Exchange } from './exchange.js';

function autologin(title: string, exchange: Partial<Exchange>): Exchange {
  return {
    title,
    request: 'POST /autologin',
    basic: ['auto<run>', 'secret'],
    ...exchange,
  };
}

const ann = { username: 'ann<run>', password: 'ann-password' };

function code(title: string, name: string): Exchange {
  return autologin(title, { json: ann, save: { [name]: 'code' } });
}

compareWithRecordings('browser-passcode', [
  ...loggedInUser('user', 'ann'),
  ...createUser('unverified'),
  {
    title: 'unverified is set to unverified',
    request: 'PATCH /Users/<unverified-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { verified: false },
  },
  ...createClient('auto'),
  ...createClient('ask', { autoapprove: [] }),
  userToken('ann'),

  {
    title: 'the passcode page',
    request: 'GET /passcode',
    headers: browser,
    session: 'user',
    save: { passcode1: /<h2[^>]*>([^<]{10})</ },
  },
  {
    title: 'the passcode for any type',
    request: 'GET /passcode',
    headers: { accept: '*/*' },
    session: 'user',
    save: { passcode2: /<h2[^>]*>([^<]{10})</ },
  },
  {
    title: 'the passcode as XML',
    request: 'GET /passcode',
    headers: { accept: 'application/xml' },
    session: 'user',
    save: { passcode3: /<h2[^>]*>([^<]{10})</ },
  },
  {
    title: 'the passcode as text',
    request: 'GET /passcode',
    headers: { accept: 'text/plain' },
    session: 'user',
    save: { passcode4: /<h2[^>]*>([^<]{10})</ },
  },
  {
    title: 'the passcode without Accept',
    request: 'GET /passcode',
    headers: { accept: null },
    session: 'user',
    save: { passcode5: /<h2[^>]*>([^<]{10})</ },
  },
  { title: 'HEAD of the passcode', request: 'HEAD /passcode', headers: browser, session: 'user' },
  { title: 'POST of the passcode', request: 'POST /passcode', headers: browser, session: 'user' },
  { title: 'POST of the passcode as JSON', request: 'POST /passcode', session: 'user' },
  {
    title: 'OPTIONS of the passcode',
    request: 'OPTIONS /passcode',
    headers: browser,
    session: 'user',
  },
  { title: 'the passcode page without a session', request: 'GET /passcode', headers: browser },
  { title: 'the passcode without a session as JSON', request: 'GET /passcode' },
  { title: 'the passcode with a bearer token', request: 'GET /passcode', as: 'ann' },
  {
    title: 'the passcode page with a bearer token',
    request: 'GET /passcode',
    as: 'ann',
    headers: browser,
  },
  {
    title: 'the passcode with Basic',
    request: 'GET /passcode',
    basic: ['ann<run>', 'ann-password'],
  },
  {
    title: 'the passcode page with a slash',
    request: 'GET /passcode/',
    headers: browser,
    session: 'user',
    save: { passcode6: /<h2[^>]*>([^<]{10})</ },
  },
  { title: 'POST of the passcode without a session', request: 'POST /passcode', headers: browser },

  autologin('a code with JSON', { json: ann, save: { autologin1: 'code' } }),
  autologin('a code with a form', { form: ann, save: { autologin2: 'code' } }),
  autologin('a wrong password', { json: { ...ann, password: 'wrong' } }),
  autologin('a wrong password in a form', { form: { ...ann, password: 'wrong' } }),
  autologin('an unknown user', { json: { ...ann, username: 'unknown<run>' } }),
  autologin('an unverified user', {
    json: { username: 'unverified<run>', password: 'unverified-password' },
  }),
  autologin('no user name', { json: { password: 'ann-password' } }),
  autologin('no password', { json: { username: 'ann<run>' } }),
  autologin('an empty password', { json: { ...ann, password: '' } }),
  autologin('an empty user name', { json: { ...ann, username: '' } }),
  autologin('an empty form', { form: {} }),
  autologin('an empty JSON object', { json: {} }),
  autologin('invalid JSON', { body: '{', headers: { 'content-type': 'application/json' } }),
  autologin('a JSON list', { json: [] }),
  autologin('JSON with a number', { json: { ...ann, password: 1 } }),
  autologin('more JSON fields', { json: { ...ann, origin: 'uaa' }, save: { autologin3: 'code' } }),
  autologin('no body', {}),
  autologin('no body with a JSON type', { headers: { 'content-type': 'application/json' } }),
  autologin('a text body', { body: 'foo', headers: { 'content-type': 'text/plain' } }),
  autologin('an XML body', { body: '<a/>', headers: { 'content-type': 'application/xml' } }),
  autologin('a code from a browser', { json: ann, headers: browser, save: { autologin4: 'code' } }),
  autologin('a code with any type', {
    json: ann,
    headers: { accept: '*/*' },
    save: { autologin5: 'code' },
  }),
  autologin('a code as XML', { json: ann, headers: { accept: 'application/xml' } }),
  autologin('no body from a browser', { headers: browser }),
  autologin('a wrong password from a browser', {
    json: { ...ann, password: 'wrong' },
    headers: browser,
  }),
  autologin('a wrong secret', { json: ann, basic: ['auto<run>', 'wrong'] }),
  autologin('an unknown client', { json: ann, basic: ['unknown<run>', 'secret'] }),
  { title: 'no client', request: 'POST /autologin', json: ann },
  { title: 'no client from a browser', request: 'POST /autologin', json: ann, headers: browser },
  { title: 'a bearer token', request: 'POST /autologin', json: ann, as: 'admin' },
  {
    title: 'a client in the form',
    request: 'POST /autologin',
    form: { ...ann, client_id: 'auto<run>', client_secret: 'secret' },
  },
  autologin('PUT', { request: 'PUT /autologin', json: ann }),
  autologin('DELETE', { request: 'DELETE /autologin' }),
  autologin('GET with Basic and no code', { request: 'GET /autologin' }),
  { title: 'GET without a code', request: 'GET /autologin', headers: browser },
  { title: 'GET without a code as JSON', request: 'GET /autologin' },
  { title: 'HEAD without a code', request: 'HEAD /autologin', headers: browser },
  {
    title: 'GET without a code in a session',
    request: 'GET /autologin',
    headers: browser,
    session: 'user',
  },
  {
    title: 'GET with a wrong code',
    request: 'GET /autologin?code=foo&client_id=auto<run>',
    headers: browser,
  },
  {
    title: 'GET with a wrong code as JSON',
    request: 'GET /autologin?code=foo&client_id=auto<run>',
  },
  { title: 'GET with an empty code', request: 'GET /autologin?code=&client_id=auto<run>' },
  {
    title: 'POST with a wrong code',
    request: 'POST /autologin',
    form: { code: 'foo', client_id: 'auto<run>' },
  },
  code('a code for a page', 'code1'),
  {
    title: 'the page with the code',
    request: 'GET /autologin?code=<code1>&client_id=auto<run>',
    headers: browser,
    session: 'auto',
  },
  {
    title: 'the page with the used code',
    request: 'GET /autologin?code=<code1>&client_id=auto<run>',
    headers: browser,
  },
  {
    title: 'the home page after autologin',
    request: 'GET /home',
    headers: browser,
    session: 'auto',
  },
  {
    title: 'a code for the authorization after autologin',
    request: `GET ${authorizePath('auto', 'response_type=code')}`,
    headers: browser,
    session: 'auto',
  },
  code('a code for a page as JSON', 'code2'),
  {
    title: 'the page with the code as JSON',
    request: 'GET /autologin?code=<code2>&client_id=auto<run>',
  },
  code('a code for another client', 'code3'),
  {
    title: 'the page with the code of another client',
    request: 'GET /autologin?code=<code3>&client_id=ask<run>',
    headers: browser,
  },
  code('a code without a client', 'code4'),
  {
    title: 'the page with the code and no client',
    request: 'GET /autologin?code=<code4>',
    headers: browser,
  },
  {
    title: 'the page with the code and no client again',
    request: 'GET /autologin?code=<code4>&client_id=auto<run>',
    headers: browser,
  },
  code('a code for the authorization', 'code5'),
  {
    title: 'the authorization with the code',
    request: `GET ${authorizePath('auto', 'response_type=code&code=<code5>')}`,
    headers: browser,
    session: 'authorize',
  },
  {
    title: 'the home page after the authorization with the code',
    request: 'GET /home',
    headers: browser,
    session: 'authorize',
  },
  {
    title: 'the authorization with the used code',
    request: `GET ${authorizePath('auto', 'response_type=code&code=<code5>')}`,
  },
  code('a code for a client that requires approval', 'code6'),
  {
    title: 'the authorization of another client with the code',
    request: `GET ${authorizePath('ask', 'response_type=code&code=<code6>')}`,
  },
  {
    title: 'an authorization request before autologin',
    request: `GET ${authorizePath('auto', 'response_type=code&state=s')}`,
    headers: browser,
    session: 'before',
  },
  code('a code for a session', 'code7'),
  {
    title: 'the page with the code in a session',
    request: 'GET /autologin?code=<code7>&client_id=auto<run>',
    headers: browser,
    session: 'before',
  },
  code('a code for the form', 'code8'),
  {
    title: 'POST with the code',
    request: 'POST /autologin',
    form: { code: '<code8>', client_id: 'auto<run>' },
    headers: browser,
  },
  code('a code for HEAD', 'code9'),
  {
    title: 'HEAD with the code',
    request: 'HEAD /autologin?code=<code9>&client_id=auto<run>',
    headers: browser,
  },
  code('a code for the authorization without a redirect', 'code10'),
  {
    title: 'the authorization with the code and a state',
    request: `GET ${authorizePath('auto', 'response_type=code&state=s&code=<code10>')}`,
  },
]);
