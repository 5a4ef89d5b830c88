import { X509Certificate } from 'node:crypto';
import { errorMessage, TpksError } from '../../base/errors.js';
import { readBytes, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError, isMissing, isNotFilePath } from '../disk/disk-error.js';

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Reads the CA certificates that a user passed.
 * @param value - a path, or the PEM text: the original CLI accepts both.
 * @returns the PEM blocks only, without any text between them.
 * @throws {TpksError} `usage`, with the messages of the original CLI
 */
export function readCaCert(value: string): string {
  if (value.trim() === '') throw usageError('CA Cert path missing');
  const { text, problem } = readContents(value);
  try {
    return extractCertificates(text);
  } catch (error) {
    throw usageError(`${problem}: ${errorMessage(error)}`, error);
  }
}

/**
 * @param source - where the text comes from, for the error message.
 * @throws {TpksError} `usage` if the text contains no certificate, or an invalid one.
 */
export function parseCaCert(text: string, source: string): string {
  try {
    return extractCertificates(text);
  } catch (error) {
    throw usageError(`Failed to parse certificate from ${source}: ${errorMessage(error)}`, error);
  }
}

/** @throws {Error} if the text contains no PEM certificate, or an invalid one. */
export function extractCertificates(text: string): string {
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0) throw new Error('it does not contain a PEM certificate');
  for (const pem of blocks) new X509Certificate(pem);
  return `${blocks.join('\n')}\n`;
}

function readContents(value: string): { readonly text: string; readonly problem: string } {
  try {
    const text = readBytes(value, userFileOptions).toString('utf8');
    return { text, problem: `Failed to parse certificate from file: ${value}` };
  } catch (error) {
    if (!isNotFilePath(error)) {
      throw usageError(`Failed to read file: ${value}: ${describeDiskError(error)}`, error);
    }
    if (isMissing(error) && !value.includes('-----BEGIN')) {
      throw usageError(`Failed to read file: ${value}: the file does not exist`, error);
    }
    if (/-----BEGIN[^\n]+-----END/.test(value)) {
      throw usageError('The PEM text in TPKS_CA_CERT or --ca-cert has no line breaks', error);
    }
    const excerpt = value.length > 80 ? `${value.slice(0, 80)}...` : value;
    return {
      text: value,
      problem: `Failed to parse certificate from command line (or file does not exist): ${excerpt}`,
    };
  }
}

function usageError(message: string, cause?: unknown): TpksError {
  return new TpksError('usage', message, {
    hint: 'pass the path of a PEM file that contains the CA certificate of the installation',
    cause,
  });
}
