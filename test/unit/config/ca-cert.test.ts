import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCaCert } from '../../../src/config/ca-cert.js';
import { makeCertificates, type Certificates } from '../../support/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'tpks-ca-'));
afterAll(() => rmSync(folder, { recursive: true }));

let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});

function file(text: string): string {
  const path = join(folder, 'ca.pem');
  writeFileSync(path, text);
  return path;
}

test('a path and the text itself are both taken', () => {
  const pem = certificates.ca.cert;
  expect(readCaCert(file(pem)).trim()).toBe(pem.trim());
  expect(readCaCert(pem).trim()).toBe(pem.trim());
});

test('of a bundle all certificates are kept, and nothing else', () => {
  const { ca, strangerCa } = certificates;
  const bundle = `# our CA\n${ca.key}\n${ca.cert}\nsubject=other\n${strangerCa.cert}\n# end\n`;
  expect(readCaCert(file(bundle))).toBe(`${ca.cert.trim()}\n${strangerCa.cert.trim()}\n`);
});

describe('what is none is refused in the words of the original:', () => {
  const usage = (message: string) =>
    expect.objectContaining({
      kind: 'usage',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('PEM'),
    });

  test.each(['', '  '])('nothing (%j)', (value) => {
    expect(() => readCaCert(value)).toThrow(usage('CA Cert path missing'));
  });

  test.each(['hello\n', '', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'a file that holds %j',
    (text) => {
      const path = file(text);
      expect(() => readCaCert(path)).toThrow(
        usage(`Failed to parse certificate from file: ${path}`),
      );
    },
  );

  test('a key in place of a certificate, which is not repeated', () => {
    expect(() => readCaCert(file(certificates.ca.key))).toThrow(
      usage('does not contain a PEM certificate'),
    );
    expect(() => readCaCert(certificates.ca.key)).toThrow(
      expect.not.objectContaining({
        message: expect.stringContaining(certificates.ca.key.split('\n')[1] ?? ''),
      }),
    );
  });

  test('a folder', () => {
    expect(() => readCaCert(folder)).toThrow(usage(`Failed to read file: ${folder}`));
  });

  test('a file that is not there', () => {
    const path = join(folder, 'absent.pem');
    expect(() => readCaCert(path)).toThrow(
      usage(`Failed to parse certificate from command line (or file does not exist): ${path}`),
    );
  });

  test('a text that is no path: its beginning is enough', () => {
    expect(() => readCaCert('x'.repeat(5000))).toThrow(usage(`${'x'.repeat(80)}...`));
    expect(() => readCaCert('a\0b')).toThrow(usage('Failed to parse certificate'));
  });
});
