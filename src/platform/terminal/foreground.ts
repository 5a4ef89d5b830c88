import { readText } from '../disk/bounded-read.js';

/**
 * Whether this process may change the mode of its terminal, which stops a background process that tries. A process is
 * in the background after `&` and when `timeout` starts it. Without `/proc`, as on macOS, returns `true`.
 * @see proc_pid_stat(5): pgrp and tpgid are fields 5 and 8; tpgid is -1 without a terminal.
 */
export function isInForeground(): boolean {
  let stat: string;
  try {
    stat = readText('/proc/self/stat', { maximumBytes: 4096 });
  } catch {
    return true;
  }
  // The name of the program is in parentheses and can contain spaces.
  const [, , group, , , foregroundGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return foregroundGroup === '-1' || group === foregroundGroup;
}
