import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Handles one TCP connection, usually with a fault. */
export type WireFault = (socket: Socket) => void;

/** A TCP server; the test decides what happens to its connections. */
export interface FaultGateway {
  readonly port: number;
  /** Sets the handler of future connections. */
  readonly handle: (fault: WireFault) => void;
  readonly close: () => Promise<void>;
}

/** Starts a gateway that closes every connection until `handle` is called. */
export async function startFaultGateway(): Promise<FaultGateway> {
  const sockets = new Set<Socket>();
  let current: WireFault = (socket) => socket.destroy();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    current(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    handle: (fault) => (current = fault),
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Forwards to a server on loopback; if its connection fails, the client's connection is reset. */
export function forwardTo(port: number): WireFault {
  return (socket) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => socket.resetAndDestroy());
    socket.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  };
}

/**
 * Forwards the first bytes that the server sends, then closes the connection.
 * @param options - `stall` keeps the connection open instead and sends nothing.
 */
export function forwardBytes(port: number, bytes: number, { stall = false } = {}): WireFault {
  return (socket) => {
    const upstream = connect(port, '127.0.0.1');
    let left = bytes;
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
    socket.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      if (left <= 0) return;
      socket.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0 && !stall) socket.end();
    });
  };
}

/** Waits for data from the client, then sends these bytes and closes the connection. */
export function respondOnWire(bytes: string | Uint8Array): WireFault {
  return (socket) => socket.once('data', () => socket.end(bytes));
}

/** Waits for data from the client, sends `first`, then sends `bytes` every 20 ms forever. */
export function dripOnWire(bytes: string, first = ''): WireFault {
  return (socket) => {
    socket.once('data', () => {
      socket.write(first);
      const timer = setInterval(() => socket.write(bytes), 20);
      socket.on('close', () => clearInterval(timer));
    });
  };
}
