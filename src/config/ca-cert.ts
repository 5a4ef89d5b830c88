import { X509Certificate } from 'node:crypto';
import { readBytes, userFile } from '../disk/bounded-read.js';
import { diskErrorReason, isNoPath } from '../disk/disk-error.js';
import { errorMessage, TpksError } from '../errors.js';

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * @param value - a path, or the PEM text itself, as the original took both.
 * @returns the certificates, one after the other, without what stood between them.
 * @throws {TpksError} `usage`, in the original's words. @see pks-cli, section 4.3
 */
export function readCaCert(value: string): string {
  if (value.trim() === '') throw usage('CA Cert path missing');
  const { text, problem } = contents(value);
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0) throw usage(`${problem}: it holds no PEM certificate`);
  for (const pem of blocks) {
    try {
      new X509Certificate(pem);
    } catch (error) {
      throw usage(`${problem}: ${errorMessage(error)}`, error);
    }
  }
  return `${blocks.join('\n')}\n`;
}

function contents(value: string): { readonly text: string; readonly problem: string } {
  try {
    const text = readBytes(value, userFile).toString('utf8');
    return { text, problem: `Failed to parse certificate from file: ${value}` };
  } catch (error) {
    if (!isNoPath(error)) {
      throw usage(`Failed to read file: ${value}: ${diskErrorReason(error)}`, error);
    }
    const shown = value.length > 80 ? `${value.slice(0, 80)}…` : value;
    return {
      text: value,
      problem: `Failed to parse certificate from command line (or file does not exist): ${shown}`,
    };
  }
}

function usage(message: string, cause?: unknown): TpksError {
  return new TpksError('usage', message, {
    hint: 'give the path of a PEM file with the CA certificate of the installation',
    cause,
  });
}
