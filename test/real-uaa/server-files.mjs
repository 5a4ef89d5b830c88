/** Writes the files of one server: the folder of a Tomcat instance and the settings of the UAA. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { clients, groups, users } from './accounts.mjs';

/**
 * Writes the files into a folder that `createCertificates` has filled.
 *
 * @param {object} server
 * @param {string} server.base - the folder, for `CATALINA_BASE`.
 * @param {number} server.port
 * @param {string} server.webapp - the folder of the UAA.
 * @param {string} server.tomcat - the folder of Tomcat.
 */
export async function writeServerFiles({ base, port, webapp, tomcat }) {
  for (const name of ['conf', 'logs', 'temp', 'work', 'webapps']) await mkdir(join(base, name));
  await copyFile(join(tomcat, 'conf/web.xml'), join(base, 'conf/web.xml'));
  await writeFile(join(base, 'conf/server.xml'), serverXml({ base, port, webapp }));
  await writeFile(join(base, 'conf/context.xml'), contextXml);
  await writeFile(join(base, 'conf/logging.properties'), loggingProperties);
  await writeFile(join(base, 'uaa.yml'), stringify(accountSettings()));
  await writeFile(join(base, 'login.yml'), stringify(await readServerSettings(base, port)));
}

/**
 * Port -1 disables the port for shutdown commands. Signals stop the server.
 *
 * @param {{ base: string, port: number, webapp: string }} server
 */
const serverXml = ({ base, port, webapp }) => `<Server port="-1">
  <Service name="Catalina">
    <Connector port="${port}" address="127.0.0.1" scheme="https" secure="true" SSLEnabled="true"
        protocol="org.apache.coyote.http11.Http11NioProtocol" maxThreads="50">
      <SSLHostConfig>
        <Certificate type="EC" certificateFile="${base}/tls.pem"
            certificateKeyFile="${base}/tls.key" certificateChainFile="${base}/ca.pem"/>
      </SSLHostConfig>
    </Connector>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false" deployOnStartup="false">
        <Context path="" docBase="${webapp}"/>
      </Host>
    </Engine>
  </Service>
</Server>
`;

// Redirects are absolute, as in every installation. Sessions are not stored between runs. Scanning
// the jars would take seconds and find nothing.
const contextXml = `<Context useRelativeRedirects="false">
  <Manager pathname=""/>
  <JarScanner scanClassPath="false" scanManifest="false"/>
</Context>
`;

const loggingProperties = `handlers = java.util.logging.ConsoleHandler
.handlers = java.util.logging.ConsoleHandler
.level = INFO
`;

function accountSettings() {
  return {
    scim: {
      userids_enabled: true,
      groups,
      users: Object.entries(users).map(([name, groupNames]) => {
        const givenName = name.charAt(0).toUpperCase() + name.slice(1);
        const fields = [name, `${name}-password`, `${name}@example.com`, givenName, 'Example'];
        return [...fields, groupNames.join(',')].join('|');
      }),
    },
    oauth: { clients: Object.fromEntries(Object.entries(clients).map(toClientSettings)) },
  };
}

/** @param {[string, import('./accounts.mjs').Client]} entry */
function toClientSettings([id, client]) {
  return [
    id,
    {
      id,
      secret: client.secret,
      'authorized-grant-types': client.grants.join(','),
      scope: client.scopes.join(','),
      authorities: client.authorities.join(','),
      ...(client.redirects && { 'redirect-uri': client.redirects.join(',') }),
      ...(client.autoapprove && { autoapprove: true }),
      ...(client.accessTokenSeconds && { 'access-token-validity': client.accessTokenSeconds }),
      ...(client.refreshTokenSeconds && { 'refresh-token-validity': client.refreshTokenSeconds }),
    },
  ];
}

/**
 * @param {string} base
 * @param {number} port
 */
async function readServerSettings(base, port) {
  const url = `https://localhost:${port}`;
  const readPem = (/** @type {string} */ name) => readFile(join(base, name), 'utf8');
  return {
    issuer: { uri: url },
    uaa: { url, token: { url: `${url}/oauth/token` } },
    zones: { internal: { hostnames: ['localhost', '127.0.0.1'] } },
    encryption: {
      active_key_label: 'test',
      encryption_keys: [{ label: 'test', passphrase: 'only-for-tests' }],
    },
    jwt: {
      token: {
        policy: { activeKeyId: 'test', keys: { test: { signingKey: await readPem('jwt.key') } } },
      },
    },
    login: {
      url,
      entityBaseURL: url,
      serviceProviderKey: await readPem('saml.key'),
      serviceProviderKeyPassword: '',
      serviceProviderCertificate: await readPem('saml.pem'),
    },
  };
}
