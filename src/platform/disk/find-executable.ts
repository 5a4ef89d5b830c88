import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** Where to look for a program. */
export interface SearchPath {
  readonly env: { readonly PATH?: string | undefined };
  readonly platform: NodeJS.Platform;
}

interface SearchInput extends SearchPath {
  /** Replaces the file system. */
  readonly isExecutable?: (file: string) => boolean;
}

/**
 * Finds the file of a program in the absolute folders of `PATH`. tpks never starts a program by its name,
 * because the system may search the current folder, which may belong to an attacker.
 * @param program - a name, or a path, which is returned unchanged.
 */
export function findExecutable(
  program: string,
  { env, platform, isExecutable = isExecutableFile }: SearchInput,
): string | undefined {
  const isWindows = platform === 'win32';
  if ((isWindows ? /[/\\:]/ : /\//).test(program)) return program;
  // Node starts only these types of files without a shell.
  const suffixes = isWindows && !/\.(?:com|exe)$/i.test(program) ? ['.com', '.exe'] : [''];
  return absoluteFolders({ env, platform })
    .flatMap((folder) =>
      suffixes.map((suffix) => pathsOf({ platform }).join(folder, `${program}${suffix}`)),
    )
    .find(isExecutable);
}

/** Returns `PATH` without its relative folders, for programs that start other programs. */
export function absolutePath(search: SearchPath): string {
  return absoluteFolders(search).join(pathsOf(search).delimiter);
}

function absoluteFolders({ env, platform }: SearchPath): readonly string[] {
  // On Windows, a path without a drive is on the drive of the current folder.
  const absolute = platform === 'win32' ? /^(?:[a-z]:[/\\]|[/\\]{2})/i : /^\//;
  const folders = (env.PATH ?? '').split(pathsOf({ platform }).delimiter);
  return folders.filter((folder) => absolute.test(folder));
}

function pathsOf({ platform }: Pick<SearchPath, 'platform'>) {
  return platform === 'win32' ? win32 : posix;
}

export function locateWindowsProgram(
  name: string,
  env: { readonly SystemRoot?: string | undefined },
): string {
  return `${env.SystemRoot ?? 'C:\\Windows'}\\System32\\${name}`;
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
