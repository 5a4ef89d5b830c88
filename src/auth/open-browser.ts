import { spawn } from 'node:child_process';

export interface BrowserDeps {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** How long a program that could not open anything may take to say so. */
const patienceMilliseconds = 3000;

/**
 * Opens a page in the browser that this desktop prefers. The program gets the address as one
 * argument and no shell sees it.
 * @param url - not secret: other users of the machine can read it.
 * @returns whether a browser was found; what a person then does nobody knows.
 */
export function openBrowser(url: string, { platform, env }: BrowserDeps): Promise<boolean> {
  const opener = openerOf(platform, env);
  if (opener === undefined) return Promise.resolve(false);
  const [command, ...args] = opener;
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true, env });
    // A browser that was not running yet may live on as this very process.
    const opened = setTimeout(resolve, patienceMilliseconds, true);
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

function openerOf(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): readonly [command: string, ...args: string[]] | undefined {
  if (platform === 'darwin') return ['open'];
  // Not `start`: that belongs to a shell, in which the & of an address ends the command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  const isDesktop = ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER', 'WSL_DISTRO_NAME'].some(
    (name) => env[name],
  );
  // Without a desktop it would start a browser for terminals, of which nobody sees anything.
  return isDesktop ? ['xdg-open'] : undefined;
}
