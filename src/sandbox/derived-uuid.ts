import { createHash } from 'node:crypto';

/** Derives a UUID (version 8) from a string, so that the id is the same after a restart. */
export function deriveUuid(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');
}
