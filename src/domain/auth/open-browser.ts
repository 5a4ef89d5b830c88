import { spawn } from 'node:child_process';
import { withoutSecrets } from '../../platform/config/environment.js';
import {
  absolutePath,
  findExecutable,
  locateWindowsProgram,
} from '../../platform/disk/find-executable.js';

export interface BrowserDeps {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** A command that fails to open a browser exits within this time. */
const startupMilliseconds = 3000;

/** The URL replaces `%s` in the arguments, or is appended. */
type BrowserCommand = readonly [program: string, ...args: string[]];

/**
 * Opens a page in the default browser. Other users of the machine can see the URL.
 * @returns whether a browser was started; not whether the user logs in with it.
 */
export async function openBrowser(url: string, deps: BrowserDeps): Promise<boolean> {
  for (const command of listBrowserCommands(deps)) {
    if (await tryCommand(command, url, deps)) return true;
  }
  return false;
}

function tryCommand([name, ...words]: BrowserCommand, url: string, { platform, env }: BrowserDeps) {
  const program = findExecutable(name, { env, platform });
  if (program === undefined) return false;
  const hasPlaceholder = words.some((word) => word.includes('%s'));
  const args = hasPlaceholder
    ? words.map((word) => word.replaceAll('%s', () => url))
    : [...words, url];
  return new Promise<boolean>((resolve) => {
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: true,
      env: { ...withoutSecrets(env), PATH: absolutePath({ env, platform }) },
    });
    // The command may become the browser process itself, and then does not exit.
    const timer = setTimeout(resolve, startupMilliseconds, true).unref();
    const settle = (isOpen: boolean) => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.on('error', () => {
      settle(false);
    });
    child.on('exit', (code) => {
      settle(code === 0);
    });
    child.unref();
  });
}

/** The commands that may open a browser, in order of preference. */
function listBrowserCommands({ platform, env }: BrowserDeps): readonly BrowserCommand[] {
  if (platform === 'win32') {
    // Not `start`: it needs a shell, which would treat `&` in the URL as the end of the command.
    return [[locateWindowsProgram('rundll32.exe', env), 'url.dll,FileProtocolHandler']];
  }
  const configured = parseBrowserVariable(env);
  if (platform === 'darwin') return [...configured, ['open']];
  const windowsCommands: readonly BrowserCommand[] = env['WSL_DISTRO_NAME']
    ? [['wslview'], ['rundll32.exe', 'url.dll,FileProtocolHandler']]
    : [];
  // Without a desktop, xdg-open would start a text browser, which the user would not see.
  const hasDesktop = ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => env[name]);
  return [...configured, ...windowsCommands, ...(hasDesktop ? [['xdg-open'] as const] : [])];
}

/**
 * Parses the variable BROWSER, e.g. `firefox --new-tab:chromium`. Editors that are connected to this
 * machine remotely set it to a program that opens the browser on the user's machine.
 */
function parseBrowserVariable({ BROWSER = '' }: NodeJS.ProcessEnv): readonly BrowserCommand[] {
  return BROWSER.split(':').flatMap((line): BrowserCommand[] => {
    const [program, ...args] = line.split(/\s+/).filter(Boolean);
    return program === undefined ? [] : [[program, ...args]];
  });
}
