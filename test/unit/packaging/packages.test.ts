import { afterEach, describe, expect, test } from '@jest/globals';
import { createChangelog, createCopyright, synopsis } from '../../../packaging/debian.mjs';
import { releaseDate } from '../../../packaging/release-date.mjs';

describe('releaseDate', () => {
  const before = process.env['SOURCE_DATE_EPOCH'];
  afterEach(() => {
    delete process.env['SOURCE_DATE_EPOCH'];
    if (before !== undefined) process.env['SOURCE_DATE_EPOCH'] = before;
  });

  test('is the date of the newest release in the changelog', () => {
    delete process.env['SOURCE_DATE_EPOCH'];
    expect(releaseDate().toISOString()).toMatch(/^20\d\d-\d\d-\d\dT00:00:00\.000Z$/);
    expect(releaseDate().getTime()).toBeGreaterThanOrEqual(Date.parse('2026-11-25'));
  });

  test('is the time in SOURCE_DATE_EPOCH if it is set', () => {
    process.env['SOURCE_DATE_EPOCH'] = '86400';
    expect(releaseDate().toISOString()).toBe('1970-01-02T00:00:00.000Z');
    process.env['SOURCE_DATE_EPOCH'] = 'yesterday';
    expect(releaseDate).toThrow('SOURCE_DATE_EPOCH is not a number: yesterday');
  });
});

describe('the files for Debian', () => {
  test('the changelog has the format that dpkg parses', () => {
    expect(createChangelog('1.2.3', new Date(0))).toMatch(
      /^tpks \(1\.2\.3-1\) stable; urgency=medium\n\n {2}\* .+\n\n -- .+ <.+@.+> {2}Thu, 01 Jan 1970 00:00:00 \+0000\n$/,
    );
  });

  test('the copyright file contains the whole license, with dots for empty lines', () => {
    const text = createCopyright(
      'MIT License\n\nCopyright (c) 2026 X\n\nPermission is hereby granted\n\nAS IS\n',
    );
    expect(text).toContain(
      'Copyright: 2026 X\nLicense: MIT\n Permission is hereby granted\n .\n AS IS\n',
    );
    expect(() => createCopyright('none')).toThrow('LICENSE contains no copyright line');
  });

  test('the synopsis has at most 80 characters', () => {
    expect(synopsis.length).toBeLessThanOrEqual(80);
  });
});
