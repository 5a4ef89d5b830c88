import { expect, test } from '@jest/globals';
import { formatPromptLabel } from '../../../../src/commands/session/passcode.js';

const uaa = 'https://uaa.example.com:8443/uaa';
const host = '(uaa.example.com:8443)';

test.each([
  ['Password', `Password ${host}`],
  ['Done.      [sudo] password for root:', `Done. [sudo] password for root: ${host}`],
  [`  Code${'\u00a0\u3000\t\r\n\u2028'.repeat(50)}`, `Code ${host}`],
  ['', host],
  ['😀'.repeat(100), `${'😀'.repeat(100)} ${host}`],
  ['😀'.repeat(101), `${'😀'.repeat(100)}... ${host}`],
  [`${'x'.repeat(100)} uaa.example.com:8443`, `${'x'.repeat(100)}... ${host}`],
  ["root@uaa.example.com:8443's password", `root@uaa.example.com:8443's password ${host}`],
  [
    `${'x'.repeat(200)} ${uaa}/passcode`,
    `${'x'.repeat(100 + `${uaa}/passcode`.length)}... ${host}`,
  ],
  [
    `Code from https://uaa.example.com:8443/uaa/passcode ${'x'.repeat(80)}`,
    `Code from https://uaa.example.com:8443/uaa/passcode ${'x'.repeat(80)}`,
  ],
  [
    'One Time Code ( Get one at https://uaa.example.com:8443/uaa/passcode )',
    'One Time Code ( Get one at https://uaa.example.com:8443/uaa/passcode )',
  ],
])('the label %j is shown as %j', (label, text) => {
  expect(formatPromptLabel(label, uaa)).toBe(text);
});
