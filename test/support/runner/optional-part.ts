import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from '@jest/globals';
import { canMount } from './odd-disk.js';

/** Software that some tests need and that may be missing on a machine. */
export type OptionalPart =
  | 'secret-service'
  | 'pty'
  | 'zsh'
  | 'fish'
  | 'kubectl'
  | 'java'
  | 'faketime'
  | 'jq'
  | 'go'
  | 'chromium'
  | 'mount'
  | 'ruby';

/** The commands of each part, and the Debian packages that contain them. */
const parts: Readonly<Record<OptionalPart, { commands: readonly string[]; packages: string }>> = {
  'secret-service': {
    commands: ['dbus-run-session', 'dbus-test-tool', 'gnome-keyring-daemon', 'secret-tool'],
    packages: 'dbus dbus-tests gnome-keyring libsecret-tools',
  },
  pty: { commands: ['python3'], packages: 'python3' },
  zsh: { commands: ['zsh'], packages: 'zsh' },
  fish: { commands: ['fish'], packages: 'fish' },
  kubectl: { commands: ['kubectl'], packages: 'kubernetes-client' },
  java: { commands: ['java', 'jar', 'mvn'], packages: 'default-jdk-headless maven' },
  faketime: { commands: ['faketime'], packages: 'faketime' },
  go: { commands: ['go', 'gofmt'], packages: 'golang-go' },
  jq: { commands: ['bash', 'jq'], packages: 'jq' },
  chromium: { commands: ['chromium'], packages: 'chromium' },
  mount: { commands: ['unshare', 'mount'], packages: 'util-linux mount' },
  ruby: { commands: ['ruby'], packages: 'ruby' },
};

/**
 * Defines a `describe` block for tests that need an optional part. If the part is missing, the
 * tests are skipped, and a line on stderr shows how to install the part. If `TPKS_REQUIRE_PARTS` is 1,
 * as in CI, a missing part is a failure.
 */
export function describeIfPart(part: OptionalPart, name: string, body: () => void): void {
  const missing = describeMissingPart(part);
  if (missing === undefined) {
    describe(name, body);
  } else if (process.env['TPKS_REQUIRE_PARTS'] === '1') {
    describe(name, () => {
      test(`needs ${part}`, () => {
        throw new Error(missing);
      });
    });
  } else {
    process.stderr.write(`skipped "${name}": ${missing}\n`);
    describe.skip(name, body);
  }
}

/**
 * Describes how to install a part.
 * @returns the missing commands and how to install them; `undefined` if the part is installed.
 */
function describeMissingPart(part: OptionalPart): string | undefined {
  const { commands, packages } = parts[part];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const missing = commands.filter((name) => !folders.some((folder) => isProgram(folder, name)));
  if (part === 'mount' && missing.length === 0 && !canMount()) {
    return 'mount needs root or user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  }
  if (missing.length === 0) return undefined;
  return `${part} needs ${missing.join(', ')}: apt-get install ${packages}`;
}

function isProgram(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
