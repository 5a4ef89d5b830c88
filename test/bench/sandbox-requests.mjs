/** Shared by the benchmarks of the sandbox: users, requests, and rows of the output. */
import { request } from 'node:https';

/** @typedef {{ token?: string | undefined, json?: object, form?: Record<string, string> }} RequestOptions */
/** @typedef {{ id?: string, access_token?: string }} ResponseBody */
/** @typedef {(method: string, path: string, options?: RequestOptions) => Promise<ResponseBody>} SendRequest */

export const clientForm = {
  grant_type: 'client_credentials',
  client_id: 'admin',
  client_secret: 'adminsecret',
};

/** @param {string} username */
export const passwordForm = (username, password = 'user-password') => ({
  ...{ grant_type: 'password', client_id: 'cf', client_secret: '' },
  ...{ username, password },
});

/** @param {number} index */
export function createUser(index) {
  return {
    userName: `user-${index}`,
    name: { givenName: 'User', familyName: String(index) },
    emails: [{ value: `user-${index}@example.com` }],
    password: 'user-password',
  };
}

/**
 * @param {string} name
 * @param {...string} cells
 */
export function print(name, ...cells) {
  process.stdout.write(`  ${name.padEnd(40)}${cells.map((cell) => cell.padStart(20)).join('')}\n`);
}

/**
 * @param {string} base
 * @param {import('node:https').Agent} agent
 * @returns {SendRequest}
 */
export function createSend(base, agent) {
  return (method, path, { token, json, form } = {}) =>
    new Promise((resolve, reject) => {
      const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
      const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
      const headers = {
        accept: 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      };
      request(`${base}${path}`, { agent, method, headers }, (response) => {
        const { statusCode = 0 } = response;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (/** @type {string} */ chunk) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (statusCode < 300) resolve(/** @type {ResponseBody} */ (JSON.parse(text)));
          else reject(new Error(`${method} ${path}: ${statusCode} ${text}`));
        });
      })
        .on('error', reject)
        .end(body);
    });
}
