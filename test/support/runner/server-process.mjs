/** Shared by the programs that start real servers. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** @param {import('node:child_process').ChildProcess} child */
export function hasExited(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Finds a free TCP port of 127.0.0.1, for servers with settings that contain their own port. */
export async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
