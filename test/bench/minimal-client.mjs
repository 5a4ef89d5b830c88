/**
 * The baseline of the benchmarks: a script that sends the same requests as a command with
 * `node:https`, and does nothing else. Arguments: the name of the command, the URL of the server,
 * and the file of the CA.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const [name = '', base = '', caFile = ''] = process.argv.slice(2);
const ca = readFileSync(caFile);

/** @type {Record<string, () => Promise<unknown>>} */
const commands = {
  clusters: async () => {
    process.stdout.write(`${JSON.stringify(await get('/v1/clusters'), null, 3)}\n`);
  },
  users: async () => {
    let [start, total] = [1, 1];
    while (start <= total) {
      const { resources, totalResults } =
        /** @type {{ resources: unknown[], totalResults: number }} */ (
          await get(`/Users?startIndex=${start}&count=500`)
        );
      for (const user of resources) {
        const text = `${JSON.stringify(user, null, 2)}\n`;
        await new Promise((resolve) => process.stdout.write(text, resolve));
      }
      [start, total] = [start + resources.length, totalResults];
    }
  },
  'client token': () => send('POST', '/oauth/token', 'grant_type=client_credentials'),
  login: async () => {
    await send('POST', '/oauth/token', 'grant_type=password');
    await send('HEAD', '/actuator/info');
  },
};
await commands[name]?.();

/**
 * @param {string} path
 * @returns {Promise<unknown>}
 */
async function get(path) {
  return JSON.parse(await send('GET', path));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<string>} the body of the response.
 */
function send(method, path, body) {
  return new Promise((resolve, reject) => {
    request(
      `${base}${path}`,
      { method, ca, headers: { authorization: 'Bearer x' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (/** @type {string} */ chunk) => (text += chunk));
        response.on('end', () => {
          resolve(text);
        });
      },
    )
      .on('error', reject)
      .end(body);
  });
}
