import { deflateSync, gzipSync } from 'node:zlib';
import { dripOnWire, respondOnWire, type WireFault } from '../support/servers/fault-gateway.js';
import {
  respond,
  brokenJson,
  drip,
  endlessBody,
  informForever,
  neverRespond,
  respondRaw,
  redirectTo,
  resetBeforeHeaders,
  resetInBody,
  switchProtocols,
  webPage,
  type Behaviour,
} from '../support/servers/faulty-server.js';

export interface Fault<Action> {
  readonly name: string;
  readonly action: Action;
  readonly exitCode: 5 | 6;
  /** The command ends only when its timeout expires. */
  readonly isSlow: boolean;
  /** Not a fault for a delete, which needs no response body. */
  readonly isFineForDelete: boolean;
}

type Extra = Partial<Omit<Fault<unknown>, 'name' | 'action'>>;

/** A fault with exit code 5 that is not slow, unless `extra` says otherwise. */
export function fault<Action>(name: string, action: Action, extra: Extra = {}): Fault<Action> {
  return { name, action, exitCode: 5, isSlow: false, isFineForDelete: false, ...extra };
}

const slow: Extra = { isSlow: true };
const untrusted: Extra = { exitCode: 6 };
const noBody: Extra = { isFineForDelete: true };

const alert = (code: number) => respondOnWire(Buffer.from([0x15, 3, 3, 0, 2, 2, code]));
const json = (text: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  respond({ headers: { 'content-type': 'application/json', ...headers }, body: text });
const status = (line: string) => respondRaw(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`);
const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

/**
 * Faults that replace TLS.
 * @param garbage - random bytes.
 */
export function wireFaults(garbage: Uint8Array): Fault<WireFault>[] {
  return [
    fault('the connection is closed immediately', (socket) => socket.destroy()),
    fault('the connection is reset immediately', (socket) => socket.resetAndDestroy()),
    fault('the server says nothing', () => undefined, slow),
    fault('closed after the client hello', respondOnWire('')),
    fault('reset after the client hello', (socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    ),
    fault('plain HTTP 400', respondOnWire('HTTP/1.1 400 Bad Request\r\n\r\n')),
    fault('plain HTTP 200', respondOnWire(`${head}Content-Length: 2\r\n\r\n[]`)),
    fault('an SSH banner', respondOnWire('SSH-2.0-OpenSSH_9.6\r\n')),
    fault('an SMTP banner before the hello', (socket) => socket.end('220 mail ESMTP\r\n')),
    fault('random bytes', respondOnWire(garbage)),
    fault('a byte from time to time', dripOnWire('\u0016'), slow),
    fault('TLS alert handshake_failure', alert(40)),
    fault('TLS alert protocol_version', alert(70)),
    fault('TLS alert internal_error', alert(80)),
    fault('TLS alert unrecognized_name', alert(112)),
    fault('a TLS record of another version', respondOnWire(Buffer.from([0x16, 9, 9, 0, 1, 0]))),
  ];
}

/** Faults that replace a response, over TLS. */
export function httpFaults(elsewhere: string): Fault<Behaviour>[] {
  return [
    fault('reset before the headers', resetBeforeHeaders),
    fault('closed before the headers', respondRaw('')),
    fault('closed in the status line', respondRaw('HTTP/1.1 20')),
    fault('closed in the headers', respondRaw(`${head}Content-`)),
    fault('reset in the body', resetInBody),
    fault('closed in the body', respondRaw(`${head}Content-Length: 100\r\n\r\n[{"name":`)),
    fault('closed in a chunk', respondRaw(`${head}Transfer-Encoding: chunked\r\n\r\n40\r\n[{"na`)),
    fault(
      'closed before the last chunk',
      respondRaw(`${head}Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n`),
    ),
    fault('no response', neverRespond, slow),
    fault('a dripping body', drip(20), slow),
    fault('an endless header', respondRaw(`${head}X-Slow: `, { open: true }), slow),
    fault(
      'a body that stops',
      respondRaw(`${head}Content-Length: 9\r\n\r\n[`, { open: true }),
      slow,
    ),
    fault('an endless body', endlessBody),
    fault(
      'a length that is too short',
      respondRaw(`${head}Content-Length: 2\r\n\r\n[{"name":"x"}]`),
    ),
    fault('a length that is not a number', respondRaw(`${head}Content-Length: x\r\n\r\n[]`)),
    fault('a negative length', respondRaw(`${head}Content-Length: -1\r\n\r\n[]`)),
    fault('two lengths', respondRaw(`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]`)),
    fault(
      'a chunk size that is not a number',
      respondRaw(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`),
    ),
    fault(
      'a chunk of exabytes',
      respondRaw(`${head}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`),
    ),
    fault('headers of 200 KB', respond({ headers: { 'x-huge': 'h'.repeat(200_000) } })),
    fault('a header name with a blank', respondRaw('HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n[]')),
    fault('a header with a zero byte', respondRaw('HTTP/1.1 200 OK\r\nX: \u0000\r\n\r\n[]')),
    fault('not HTTP', respondRaw('SSH-2.0-OpenSSH_9.6\r\n')),
    fault('only a body', respondRaw('[]')),
    fault('another version of HTTP', respondRaw('HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n[]')),
    fault('a status that is not a number', status('abc OK')),
    fault('the status 99', status('99 Odd')),
    fault('the status 799', status('799 Odd')),
    fault('101 with an Upgrade header', switchProtocols),
    fault('101 without an Upgrade header', respondRaw('HTTP/1.1 101 Odd\r\n\r\n')),
    fault('endless 100s', informForever, slow),
    fault('102 and the end', respondRaw('HTTP/1.1 102 Processing\r\n\r\n')),
    ...[300, 304, 305].map((code) => fault(String(code), status(`${String(code)} Odd`))),
    ...[301, 307, 308].map((code) =>
      fault(`${String(code)} to another host`, redirectTo(elsewhere, code), untrusted),
    ),
    fault('302 to the same host', redirectTo('/login')),
    fault('303 to the same host', redirectTo('?again', 303)),
    fault('302 without an address', status('302 Found')),
    fault('302 to plain HTTP', redirectTo('http://127.0.0.1/v1/clusters'), untrusted),
    fault('302 to a script', redirectTo('javascript:alert(1)'), untrusted),
    ...[500, 501, 502, 504, 599].map((code) =>
      fault(`${String(code)} with JSON`, respond({ status: code, body: { body: 'out of order' } })),
    ),
    fault('500 with a web page', respond({ status: 500, body: '<html>Oops</html>' })),
    fault('502 with a web page', respond({ status: 502, body: '<html>Bad gateway</html>' })),
    fault('503 without a body', respond({ status: 503, body: '' })),
    fault('429', respond({ status: 429, headers: { 'retry-after': '1' }, body: {} })),
    fault('a gzip bomb', json(gzipSync(Buffer.alloc(1 << 26)), { 'content-encoding': 'gzip' })),
    fault('a deflated body', json(deflateSync('[]'), { 'content-encoding': 'deflate' })),
    fault('an unknown encoding', json('[]', { 'content-encoding': 'x-odd' })),
    fault('a web page', webPage),
    fault('broken JSON', brokenJson),
    fault('an empty body', json(''), noBody),
    fault('JSON of another kind', respond({ body: { a: 1 } })),
    fault('null', json('null')),
    fault('zero bytes', json('\u0000'.repeat(100))),
    fault('bytes that are not UTF-8', json(Buffer.from([0xff, 0xfe, 0x80]))),
    fault('100,000 nested brackets', json('['.repeat(100_000) + ']'.repeat(100_000))),
  ];
}

/**
 * Faults that replace a proxy's response to `CONNECT`.
 * @param garbage - random bytes.
 */
export function proxyFaults(garbage: Uint8Array): Fault<WireFault>[] {
  return [
    fault('the proxy closes the connection', (socket) => socket.destroy()),
    fault('the proxy resets the connection', (socket) => socket.resetAndDestroy()),
    fault('the proxy closes without a response', respondOnWire('')),
    fault('the proxy says nothing', () => undefined, slow),
    fault('the proxy drips its headers', dripOnWire('a', 'HTTP/1.1 200 OK\r\nx: '), slow),
    fault('the proxy sends random bytes', respondOnWire(garbage)),
    fault('the proxy switches protocols', respondOnWire('HTTP/1.1 101 Odd\r\nUpgrade: x\r\n\r\n')),
    ...['302 Found', '403 Forbidden', '407 Proxy Authentication Required', '502 Bad Gateway'].map(
      (line) => fault(`the proxy answers ${line}`, respondOnWire(`HTTP/1.1 ${line}\r\n\r\n`)),
    ),
    fault('the proxy connects and closes', respondOnWire('HTTP/1.1 200 OK\r\n\r\n')),
    fault(
      'the proxy connects to plain HTTP',
      respondOnWire(`HTTP/1.1 200 OK\r\n\r\n${head}\r\n[]`),
    ),
    fault('the proxy connects and is silent', dripOnWire('', 'HTTP/1.1 200 OK\r\n\r\n'), slow),
  ];
}
