import { connect } from 'node:net';
import type { Environment } from '../config/environment.js';
import { decodeMessage, encodeCall, type BusCall, type BusMessage } from './bus-message.js';

/** A connection to the D-Bus session bus. */
export interface SessionBus {
  /** @throws {Error} if the connection fails, or the peer does not speak D-Bus. */
  readonly call: (call: BusCall) => Promise<BusMessage>;
  /**
   * Waits for the next signal with this name from an object. The bus delivers only signals subscribed to
   * with `AddMatch`.
   * @throws {Error} under the same conditions as `call`.
   */
  readonly waitForSignal: (path: string, member: string) => Promise<BusMessage>;
  /** Closes the connection. Calls in progress fail. */
  readonly close: () => void;
}

/**
 * Finds the socket of the D-Bus session bus.
 * @returns the path of the socket (with a leading NUL if it is abstract); `undefined` if the environment
 *   contains no address that Node can connect to.
 * @see D-Bus Specification, "Server Addresses"
 */
export function findSessionBusPath(env: Environment): string | undefined {
  const addresses = env.DBUS_SESSION_BUS_ADDRESS;
  const folder = env.XDG_RUNTIME_DIR;
  if (!addresses) return folder ? `${folder}/bus` : undefined;
  for (const address of addresses.split(';')) {
    if (folder && /^unix:(.*,)?runtime=yes\b/.test(address)) return `${folder}/bus`;
    const [, kind, value] = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(address) ?? [];
    if (value !== undefined) return `${kind === 'abstract' ? '\0' : ''}${unescapeAddress(value)}`;
  }
  return undefined;
}

/** Opens a connection. Connection errors are reported by the calls. */
export function openSessionBus(path: string): SessionBus {
  const socket = connect(path);
  /** Keyed by the serial number of the call, or by the object and the name of the signal. */
  const pending = new Map<number | string, PendingReply>();
  let serial = 0;
  let closed: Error | undefined;
  const wait = (key: number | string): Promise<BusMessage> =>
    new Promise((resolve, reject) => {
      if (closed === undefined) pending.set(key, { resolve, reject });
      else reject(closed);
    });
  const call = async (wanted: BusCall): Promise<BusMessage> => {
    serial += 1;
    // First, because a call that cannot be encoded gets no reply.
    const bytes = encodeCall(wanted, serial);
    const reply = wait(serial);
    socket.write(bytes);
    return reply;
  };
  const read = createMessageReader((message) => {
    const key =
      message.kind === 'signal' ? signalKey(message.path, message.member) : message.replyTo;
    pending.get(key)?.resolve(message);
    pending.delete(key);
  });
  socket.on('data', (chunk) => {
    try {
      read(chunk);
    } catch (error) {
      socket.destroy(new Error('The peer does not speak D-Bus', { cause: error }));
    }
  });
  let socketError: Error | undefined;
  socket.on('error', (error) => (socketError = error));
  socket.on('close', () => {
    closed = socketError ?? new Error('D-Bus closed the connection');
    for (const { reject } of pending.values()) reject(closed);
  });
  // The bus identifies the user by the socket, so there is no need to wait for its responses.
  socket.write('\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n');
  call(helloCall).catch(() => undefined);
  return {
    call,
    waitForSignal: (path, member) => wait(signalKey(path, member)),
    close: () => socket.destroy(),
  };
}

function signalKey(path: string, member: string): string {
  return `${path} ${member}`;
}

interface PendingReply {
  readonly resolve: (message: BusMessage) => void;
  readonly reject: (error: Error) => void;
}

/** A bus rejects every other call before this one. */
const helloCall: BusCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
};

/** Splits received bytes into messages, after the lines of the authentication. */
function createMessageReader(take: (message: BusMessage) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isAccepted = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (!isAccepted) {
      const end = rest.indexOf('\r\n');
      if (end < 0) return;
      const line = rest.toString('latin1', 0, end);
      if (!/^(DATA|OK)\b/.test(line)) throw new RangeError(line);
      isAccepted = line.startsWith('OK');
      rest = rest.subarray(end + 2);
    }
    for (let found = decodeMessage(rest); found; found = decodeMessage(rest)) {
      rest = rest.subarray(found.length);
      take(found.message);
    }
  };
}

/** Bytes in an address are escaped as in a URL. */
function unescapeAddress(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
