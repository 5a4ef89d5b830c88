import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** A real browser; each window is that of somebody else. */
export interface TestChromium {
  /** Opens a window that shares nothing with another one; `forget` closes it. */
  readonly window: () => Promise<BrowserWindow>;
  /** Closes all windows. */
  readonly forget: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a person does and sees. */
export interface BrowserWindow {
  readonly page: Page;
  /** Goes to an address of a UAA and fills in the login page that it leads to. */
  readonly login: (address: URL, userName: string) => Promise<void>;
  /** Presses a button of the UAA's consent page. */
  readonly decide: (button: 'authorize' | 'deny') => Promise<void>;
  /** What tpks says in the end. */
  readonly outcome: () => Promise<Outcome>;
  /** All addresses that the button Back knows, and the present one. */
  readonly history: () => Promise<readonly string[]>;
}

export interface Outcome {
  readonly isGood: boolean;
  readonly title: string;
  readonly text: string;
  /** The page's source, as it is now. */
  readonly html: string;
}

/** How long a page may take on a busy machine before a test calls it missing. */
const limitMilliseconds = 30_000;

/** Needs the optional part `chromium`. Starts it without a screen, in a profile of its own. */
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
      // The servers' authority is nobody's that a browser knows.
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      context.setDefaultTimeout(limitMilliseconds);
      return toWindow(await context.newPage());
    },
    forget: async () => {
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
    decide: (button) => page.click(`form#application_authorization #${button}`),
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

/** The one that `describeIfPart` looked for. */
function executable(): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('There is no chromium on the PATH');
  return found;
}
