import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** A real Chromium without a visible window. */
export interface TestChromium {
  /** Opens a window with its own cookies and history, until `forget` is called. */
  readonly window: () => Promise<BrowserWindow>;
  /** Closes all windows. */
  readonly closeWindows: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A browser window, with the actions of a user in it. */
export interface BrowserWindow {
  readonly page: Page;
  /** Opens a URL of a UAA, and submits the login page that it redirects to. */
  readonly login: (address: URL, userName: string) => Promise<void>;
  /** Clicks a button on the approval page of the UAA. */
  readonly answerApproval: (button: 'authorize' | 'deny') => Promise<void>;
  /** Waits for the final page, which tpks serves. */
  readonly outcome: () => Promise<Outcome>;
  /** Returns the URLs in the history of the window, including the current one. */
  readonly history: () => Promise<readonly string[]>;
}

/** The page that tpks serves at the end of a login. */
export interface Outcome {
  /** Whether the page reports a successful login. */
  readonly isGood: boolean;
  readonly title: string;
  readonly text: string;
  /** The current HTML of the page. */
  readonly html: string;
}

/** Timeout for a page; long, because the machine may be busy. */
const limitMilliseconds = 30_000;

/** Starts Chromium in headless mode with a new profile. Requires the optional part `chromium`. */
export async function startChromium(): Promise<TestChromium> {
  const browser = await chromium.launch({
    executablePath: executable(),
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
    timeout: 30_000,
  });
  return {
    window: async () => {
      // Chromium does not trust the CA of the test servers.
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      context.setDefaultTimeout(limitMilliseconds);
      return toWindow(await context.newPage());
    },
    closeWindows: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    close: () => browser.close(),
  };
}

function toWindow(page: Page): BrowserWindow {
  return {
    page,
    login: async (address, userName) => {
      await page.goto(address.href);
      await page.fill('input[name=username]', userName);
      await page.fill('input[name=password]', `${userName}-password`);
      await page.click('input[type=submit]');
    },
    answerApproval: (button) => page.click(`form#application_authorization #${button}`),
    outcome: async () => {
      const main = page.locator('main.good, main.bad');
      await main.waitFor();
      return {
        isGood: (await main.getAttribute('class')) === 'good',
        title: await main.locator('h1').innerText(),
        text: await main.locator('p').innerText(),
        html: await page.content(),
      };
    },
    history: async () => {
      const tools = await page.context().newCDPSession(page);
      const { entries } = await tools.send('Page.getNavigationHistory');
      return entries.map(({ url }) => url);
    },
  };
}

/** Returns the path of the program that `describeIfPart` checks for. */
function executable(): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('chromium not found on the PATH');
  return found;
}
