import { spawn } from 'node:child_process';

export interface BrowserDeps {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** How long a program that could not open anything may take to say so. */
const patienceMilliseconds = 3000;

/** A program and its arguments; `%s` in one is where the address goes, else it comes last. */
type Opener = readonly [command: string, ...args: string[]];

/**
 * Opens a page in the browser that this desktop prefers. The program gets the address as one
 * argument and no shell sees it.
 * @param url - not secret: other users of the machine can read it.
 * @returns whether a browser was started; not whether the user logs in with it.
 */
export async function openBrowser(url: string, { platform, env }: BrowserDeps): Promise<boolean> {
  for (const opener of openersOf(platform, env)) {
    if (await starts(opener, url, env)) return true;
  }
  return false;
}

function starts([command, ...words]: Opener, url: string, env: NodeJS.ProcessEnv) {
  const hasPlace = words.some((word) => word.includes('%s'));
  const args = hasPlace ? words.map((word) => word.replaceAll('%s', () => url)) : [...words, url];
  return new Promise<boolean>((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true, env: withoutOurs(env) });
    // A browser that was not running yet may live on as this very process.
    const opened = setTimeout(resolve, patienceMilliseconds, true).unref();
    const ended = (isOpen: boolean) => {
      clearTimeout(opened);
      resolve(isOpen);
    };
    child.on('error', () => {
      ended(false);
    });
    child.on('exit', (code) => {
      ended(code === 0);
    });
    child.unref();
  });
}

/** A browser lives longer than tpks, and needs none of its passwords and secrets. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOurs = (name: string) => /^T?PKS_.*(PASSWORD|SECRET)/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

/** The programs that may open a browser, the most wanted first. */
function openersOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly Opener[] {
  // Not `start`: that belongs to a shell, in which the & of an address ends the command.
  if (platform === 'win32') {
    const { SystemRoot: root } = env;
    // By its whole path: Windows looks in the current folder first.
    const command = root ? `${root}\\System32\\rundll32.exe` : 'rundll32.exe';
    return [[command, 'url.dll,FileProtocolHandler']];
  }
  if (platform === 'darwin') return [...chosen(env), ['open']];
  const ofWindows: readonly Opener[] = env['WSL_DISTRO_NAME']
    ? [['wslview'], ['rundll32.exe', 'url.dll,FileProtocolHandler']]
    : [];
  // Without a desktop, it would start a text browser, which the user would not see.
  const isDesktop = ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => env[name]);
  return [...chosen(env), ...ofWindows, ...(isDesktop ? [['xdg-open'] as const] : [])];
}

/**
 * What the person says, e.g. `firefox --new-tab:chromium`. An editor that works on this machine
 * from another one puts a program there that opens the browser of that one.
 */
function chosen({ BROWSER = '' }: NodeJS.ProcessEnv): readonly Opener[] {
  return BROWSER.split(':').flatMap((line): Opener[] => {
    const [command, ...args] = line.split(/\s+/).filter(Boolean);
    return command === undefined ? [] : [[command, ...args]];
  });
}
