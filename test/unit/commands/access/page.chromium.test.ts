import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { formatAccessPage } from '../../../../src/commands/access/page.js';
import type { AccessReport } from '../../../../src/domain/access-review/report.js';
import { startChromium, type TestChromium } from '../../../support/browser/chromium.js';
import { aHostileReport, anAccessReport } from '../../../support/fixtures/access-report.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { describeIfPart } from '../../../support/runner/optional-part.js';

describeIfPart('chromium', 'formatAccessPage in Chromium', () => {
  const folder = fileFolder();
  let chromium: TestChromium;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterAll(() => chromium.close());

  /** Opens the page from a file without a network, and records requests, console messages and dialogs. */
  async function openPage(...reports: readonly AccessReport[]) {
    const path = join(folder.path, 'report.html');
    const options = { createdAt: new Date('2026-12-01T21:00:00Z'), version: '1.2.3' };
    writeFileSync(path, formatAccessPage(reports, options));
    const { page } = await chromium.window();
    await page.context().setOffline(true);
    const events: string[] = [];
    page.on('console', (message) => events.push(message.text()));
    page.on('pageerror', (error) => events.push(String(error)));
    page.on('dialog', (dialog) => events.push(dialog.message()));
    page.on('request', (request) => events.push(request.url()));
    const { href } = pathToFileURL(path);
    await page.goto(href);
    return { page, events, href };
  }

  const overflowOf = (page: Page) =>
    page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

  test('applies its own style, and loads and runs nothing else', async () => {
    const { page, events, href } = await openPage(anAccessReport(), aHostileReport());
    await page.click('nav a');
    await page.click('table a');
    expect(events).toEqual([href]);
    expect(new URL(page.url()).hash).toMatch(/^#i1-u\d+$/);
    const layout = await page.evaluate(
      'getComputedStyle(document.querySelector("table")).tableLayout',
    );
    expect(layout).toBe('fixed');
  }, 60_000);

  test.each([
    ['a screen', 'screen', 1280],
    // 297 mm without the margins of 12 mm.
    ['A4 paper in landscape format', 'print', 1032],
  ] as const)(
    'fits on %s',
    async (_name, media, width) => {
      const { page } = await openPage(anAccessReport(), aHostileReport());
      await page.setViewportSize({ width, height: 720 });
      await page.emulateMedia({ media, colorScheme: 'dark' });
      expect(await overflowOf(page)).toBe(0);
      const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(background).toBe(media === 'print' ? 'rgb(255, 255, 255)' : 'rgb(17, 24, 31)');
    },
    60_000,
  );
});
