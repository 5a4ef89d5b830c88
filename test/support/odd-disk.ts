import { spawnSync } from 'node:child_process';

/** A program to run another through: `[command, …arguments]`. */
export type Wrapper = readonly [command: string, ...args: string[]];

/** In a mount namespace of its own, as root there: what is mounted in it, nobody else sees. */
const unshared: Wrapper = ['unshare', '--map-root-user', '--mount', 'sh', '-ec'];

/** Whether this machine lets a test mount things. */
export function canMount(): boolean {
  const [command, ...args] = unshared;
  return spawnSync(command, [...args, 'mount -t tmpfs tmpfs /tmp']).status === 0;
}

/** Everything below the folder can be read and not be written. */
export function readOnly(folder: string): Wrapper {
  const script = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"';
  return [...unshared, script, folder];
}

/**
 * The folder is a disk without a free byte, on which what was in it already lies. What a program
 * changes on it is there afterwards.
 */
export function full(folder: string): Wrapper {
  const script = `
    disk=$(mktemp -d); mount -t tmpfs -o size=256k tmpfs "$disk"
    cp -a "$0"/. "$disk"
    cat /dev/zero > "$disk/.filler" 2>/dev/null || true
    mount --bind "$disk" "$0"
    code=0; "$@" || code=$?
    umount "$0"; rm "$disk/.filler"
    find "$0" -mindepth 1 -delete; cp -a "$disk"/. "$0"
    umount "$disk"; rmdir "$disk"
    exit $code`;
  return [...unshared, script, folder];
}
