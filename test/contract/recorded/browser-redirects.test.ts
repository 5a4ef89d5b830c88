import { authorizePath, browser, createClient, loggedInUser } from './browser-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';

function uri(client: string, redirectUri: string, query = 'response_type=code&state=s'): Exchange {
  return {
    title: `${redirectUri} of the client ${client} with ${query}`,
    request: `GET ${authorizePath(client, `${query}&redirect_uri=${encodeURIComponent(redirectUri)}`)}`,
    headers: browser,
    session: 'user',
  };
}

function none(client: string): Exchange {
  return {
    title: `no redirect URI of the client ${client} for ${browser.accept}`,
    request: `GET ${authorizePath(client, 'response_type=code&state=s')}`,
    headers: browser,
    session: 'user',
  };
}

const token = 'response_type=token&scope=openid';

compareWithRecordings('browser-redirects', [
  ...loggedInUser('user', 'ann'),
  ...createClient('plain', { redirect_uri: ['https://app.example.com/callback'] }),
  ...createClient('root', { redirect_uri: ['https://app.example.com'] }),
  ...createClient('query', { redirect_uri: ['https://app.example.com/callback?tenant=1'] }),
  ...createClient('port', {
    redirect_uri: ['http://localhost:8080/callback', 'http://127.0.0.1:9090/'],
  }),
  ...createClient('wild', {
    redirect_uri: ['https://*.example.com/**', 'http://app.example.org/*/end'],
  }),
  ...createClient('wildscheme', { redirect_uri: ['http*://app.example.com/callback'] }),
  ...createClient('scheme', { redirect_uri: ['tpks://callback', 'com.example.app://oauth/done'] }),
  none('plain'),
  none('port'),
  none('wild'),
  ...[
    'https://app.example.com/callback/more',
    'https://app.example.com/callbackmore',
    'https://app.example.com/callback?x=1',
    'https://app.example.com/callback#part',
    'https://app.example.com:443/callback',
    'https://app.example.com:8443/callback',
    'https://sub.app.example.com/callback',
    'https://evilapp.example.com/callback',
    'http://app.example.com/callback',
    'https://app.example.com/other',
    'https://app.example.com/callback/../other',
    'https://user@app.example.com/callback',
    'https://app.example.com@evil.example.org/callback',
    'https://evil.example.org/?https://app.example.com/callback',
    '//app.example.com/callback',
    'javascript:alert(1)',
  ].map((text) => uri('plain', text)),
  {
    ...uri('plain', 'https://evil.example.org'),
    title: 'a wrong redirect URI as JSON',
    headers: { accept: 'application/json' },
  },
  uri('plain', 'https://app.example.com/callback?x=1#part', token),
  uri('plain', 'https://app.example.com/callback?x=1', 'response_type=foo&state=s'),
  uri('plain', 'https://evil.example.org', 'response_type=foo'),
  uri('root', 'https://app.example.com/any/path'),
  uri('query', 'https://app.example.com/callback?tenant=2'),
  uri('port', 'http://localhost:8080/callback'),
  uri('port', 'http://localhost:8081/callback'),
  uri('port', 'http://localhost/callback'),
  uri('port', 'http://127.0.0.1:9090/x'),
  uri('wild', 'https://app.example.com/x/y'),
  uri('wild', 'https://a.b.example.com/x'),
  uri('wild', 'https://example.com/x'),
  uri('wild', 'https://app.example.com'),
  uri('wild', 'https://evil.org/app.example.com/x'),
  uri('wild', 'https://evil.org#.example.com/x'),
  uri('wild', 'http://app.example.org/a/end'),
  uri('wild', 'http://app.example.org/a/b/end'),
  uri('wildscheme', 'http://app.example.com/callback'),
  uri('scheme', 'tpks://callback'),
  uri('scheme', 'tpks://callback/more'),
  uri('scheme', 'com.example.app://oauth/done', token),
]);
