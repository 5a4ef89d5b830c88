import { describe, expect, test } from '@jest/globals';
import { parseFile } from '../../../src/import/read-files.js';
import { startSeconds, uaacFile } from '../../support/fixtures/old-cli-files.js';

const now = new Date(startSeconds * 1000);
const parse = (content: string) =>
  parseFile({ path: '.uaac.yml', isStdin: false, content }, [], now);
const summarize = (content: string) => {
  const { sessions, targets } = parse(content);
  return {
    targets: targets.map(({ uaa, isCurrent, skipTlsVerification }) => ({
      uaa,
      isCurrent,
      skipTlsVerification,
    })),
    sessions: sessions.map(({ uaa, label, identity, line }) => ({ uaa, label, identity, line })),
  };
};

describe('parseFile returns the same for a uaac file', () => {
  test.each([
    ['with Windows line endings', (text: string) => text.replaceAll('\n', '\r\n')],
    ['without the marker of a new document', (text: string) => text.replace('---\n', '\n')],
    ['with comments', (text: string) => text.replace(/:\n/g, ': # x\n')],
    ['with unknown options', (text: string) => `${text}      extra: [1, {a: b}]\n`],
  ])('%s', (_name, change) => {
    expect(summarize(change(uaacFile()))).toEqual(summarize(uaacFile()));
  });
});

test('parseFile reads anchors, targets without contexts, and targets with -k', () => {
  const content =
    'https://a.example.com: &a\n  skip_ssl_validation: true\n  ca_cert:\n  contexts:\n' +
    '    admin: {client_id: admin, access_token: x}\n' +
    'https://b.example.com: *a\nhttps://c.example.com:\n  current: true\n  prompts: {}\n';
  expect(summarize(content)).toEqual({
    targets: [
      { uaa: 'https://a.example.com', isCurrent: false, skipTlsVerification: true },
      { uaa: 'https://b.example.com', isCurrent: false, skipTlsVerification: true },
      { uaa: 'https://c.example.com', isCurrent: true, skipTlsVerification: false },
    ],
    sessions: [
      { uaa: 'https://a.example.com', label: 'admin', identity: 'admin', line: 5 },
      { uaa: 'https://b.example.com', label: 'admin', identity: 'admin', line: 5 },
    ],
  });
});

test('parseFile reads names that are not ASCII', () => {
  const name = 'j\u00f6rg \u0394';
  const content = uaacFile({ alanaToken: 'opaque' }).replace('    alana:', `    ${name}:`);
  expect(parse(content).sessions[1]).toMatchObject({ label: name, identity: name });
});

test.each([
  ['null', 1, 'the file is empty'],
  ['---\n~\n', 1, 'the file is empty'],
  ['https://u.example.com:\n\tcontexts: {}\n', 2, 'Tabs are not allowed'],
  [`${uaacFile()}  contexts: 7\n`, 35, 'keys must be unique'],
  [`${uaacFile()}https://z.example.com:\n  contexts: 7\n`, 36, 'contexts must be an object'],
])('parseFile rejects %j with the line, and imports nothing', (content, line, text) => {
  expect(() => parse(content)).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: expect.stringMatching(`^Cannot import .uaac.yml, line ${String(line)}: .*${text}`),
    }),
  );
});
