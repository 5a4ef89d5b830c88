import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { readCaCert } from '../../../../src/platform/input/ca-cert.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();

const [pem = '', otherPem = ''] = rootCertificates;
const key = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const writePem = (text: string) => folder.write('ca.pem', text);

describe('readCaCert', () => {
  test('accepts a path or the PEM text itself', () => {
    expect(readCaCert(writePem(pem)).trim()).toBe(pem.trim());
    expect(readCaCert(pem).trim()).toBe(pem.trim());
  });

  test('returns all certificates of a bundle, without any other text', () => {
    const bundle = `# our CA\n${key}\n${pem}\nsubject=other\n${otherPem}\n# end\n`;
    expect(readCaCert(writePem(bundle))).toBe(`${pem.trim()}\n${otherPem.trim()}\n`);
  });

  describe('fails with the message of the original CLI for', () => {
    const usage = (message: string) =>
      expect.objectContaining({
        kind: 'usage',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('PEM'),
      });

    test.each(['', '  '])('an empty value (%j)', (value) => {
      expect(() => readCaCert(value)).toThrow(usage('CA Cert path missing'));
    });

    test.each(['hello\n', '', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
      'a file that contains %j',
      (text) => {
        const path = writePem(text);
        expect(() => readCaCert(path)).toThrow(
          usage(`Failed to parse certificate from file: ${path}`),
        );
      },
    );

    test('a key instead of a certificate, without repeating the key', () => {
      expect(() => readCaCert(writePem(key))).toThrow(usage('does not contain a PEM certificate'));
      expect(() => readCaCert(key)).toThrow(
        expect.not.objectContaining({
          message: expect.stringContaining(key.split('\n')[1] ?? ''),
        }),
      );
    });

    test('a text without its line breaks', () => {
      expect(() => readCaCert(pem.replaceAll('\n', ' '))).toThrow(
        usage('The PEM text in TPKS_CA_CERT or --ca-cert has no line breaks'),
      );
    });

    test('a folder', () => {
      expect(() => readCaCert(folder.path)).toThrow(usage(`Failed to read file: ${folder.path}`));
    });

    test('a file that does not exist', () => {
      const path = join(folder.path, 'absent.pem');
      expect(() => readCaCert(path)).toThrow(
        usage(`Failed to read file: ${path}: the file does not exist`),
      );
    });

    test('a text that is not a path, of which it repeats only the beginning', () => {
      expect(() => readCaCert('x'.repeat(5000))).toThrow(usage(`${'x'.repeat(80)}...`));
      expect(() => readCaCert('a\0b')).toThrow(usage('Failed to parse certificate'));
    });
  });
});
