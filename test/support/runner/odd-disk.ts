import { spawnSync } from 'node:child_process';

/** A command that runs another command: `[command, ...arguments]`. */
export type Wrapper = readonly [command: string, ...args: string[]];

/** Runs a script as root in a new mount namespace, so that its mounts do not affect the machine. */
const unshared: Wrapper = ['unshare', '--map-root-user', '--mount', 'sh', '-ec'];

/** Returns whether tests may mount file systems on this machine. */
export function canMount(): boolean {
  const [command, ...args] = unshared;
  return spawnSync(command, [...args, 'mount -t tmpfs tmpfs /tmp']).status === 0;
}

/** Runs a command that sees this folder as a read-only file system. */
export function withReadOnlyFolder(folder: string): Wrapper {
  const script = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"';
  return [...unshared, script, folder];
}

/**
 * Runs a command that sees this folder as a full disk with the same files. The changes that the
 * command makes are copied back to the folder.
 *
 * @param freeBytes - the space that is left; a multiple of 4096, the size of a page.
 */
export function withFullDisk(folder: string, freeBytes = 0): Wrapper {
  const script = `
    disk=$(mktemp -d); mount -t tmpfs -o size=256k tmpfs "$disk"
    cp -a "$0"/. "$disk"
    cat /dev/zero > "$disk/.filler" 2>/dev/null || true
    truncate -s -${String(freeBytes)} "$disk/.filler"
    mount --bind "$disk" "$0"
    code=0; "$@" || code=$?
    umount "$0"; rm "$disk/.filler"
    find "$0" -mindepth 1 -delete; cp -a "$disk"/. "$0"
    umount "$disk"; rmdir "$disk"
    exit $code`;
  return [...unshared, script, folder];
}

/** Runs a command that sees the file `source` at `path`, where a file must exist. */
export function withFileAt(path: string, source: string): Wrapper {
  return [...unshared, 'mount --bind "$0" "$1"; shift; exec "$@"', source, path];
}

/** Runs a command as a user that the system does not know, as in a container with an arbitrary user ID. */
export const asUnknownUser: Wrapper = ['unshare', '--map-user=54321', '--'];
