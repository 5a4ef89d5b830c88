import { describe, expect, test } from '@jest/globals';
import { isEmptyOrEmail } from '../../../../../src/sandbox/uaa/accounts/new-users.js';
import { isWellFormedXml } from '../../../../../src/sandbox/uaa/accounts/well-formed-xml.js';

describe('isEmptyOrEmail', () => {
  test.each(['', 'a@b', 'a.b+c@example.com', "o'brien@example.com", 'a@[127.0.0.1]'])(
    'accepts "%s"',
    (text) => {
      expect(isEmptyOrEmail(text)).toBe(true);
    },
  );

  test.each(['a', 'a@', '@b', 'a@b@c', 'a b@c', 'a@b.', '.a@b'])('rejects "%s"', (text) => {
    expect(isEmptyOrEmail(text)).toBe(false);
  });
});

describe('isWellFormedXml', () => {
  test.each([
    '<a/>',
    '<?xml version="1.0"?>\n<a><!-- <b> --><b c="1>0" d=\'2\'/></a>',
    '<md:a>text</md:a>',
  ])('accepts %s', (text) => {
    expect(isWellFormedXml(text)).toBe(true);
  });

  test.each(['', 'text', '<a>', '<a></b>', '<a/><b/>', '<a b=1/>', '<!DOCTYPE a><a/>', '<a><</a>'])(
    'rejects %s',
    (text) => {
      expect(isWellFormedXml(text)).toBe(false);
    },
  );
});
