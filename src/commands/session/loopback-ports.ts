/**
 * Where tpks waits for a browser's answer; the first that is free is taken. They are fixed, since
 * UAA knows no redirect URI for any port: clients are registered with them.
 * @see real-uaa, section 3
 */
export const loopbackPorts: readonly number[] = [28443, 28444, 28445];
