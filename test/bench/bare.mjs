// The least that a script with node:https does: the same requests, nothing else.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const [what, base, caFile] = process.argv.slice(2);
const ca = readFileSync(caFile);

const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    request(
      `${base}${path}`,
      { method, ca, headers: { authorization: 'Bearer x' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(text));
      },
    )
      .on('error', reject)
      .end(body);
  });

const get = async (path) => JSON.parse(await call('GET', path));

const things = {
  clusters: async () => {
    process.stdout.write(`${JSON.stringify(await get('/v1/clusters'), null, 3)}\n`);
  },
  users: async () => {
    let [start, total] = [1, 1];
    while (start <= total) {
      const { resources, totalResults } = await get(`/Users?startIndex=${start}&count=500`);
      for (const user of resources) {
        const text = `${JSON.stringify(user, null, 2)}\n`;
        await new Promise((written) => process.stdout.write(text, written));
      }
      [start, total] = [start + resources.length, totalResults];
    }
  },
  'client token': () => call('POST', '/oauth/token', 'grant_type=client_credentials'),
  login: async () => {
    await call('POST', '/oauth/token', 'grant_type=password');
    await call('HEAD', '/actuator/info');
  },
};

await things[what]();
