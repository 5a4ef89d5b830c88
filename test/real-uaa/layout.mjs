/** What one server needs on disk besides the shared parts: Tomcat's base and UAA's settings. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { clients, groups, users } from './accounts.mjs';

/**
 * Lays out a `CATALINA_BASE` in `base`, which holds the files of `makeCertificates` already.
 *
 * @param {{ base: string, port: number, parts: { webapp: string, tomcat: string } }} input
 */
export async function layOut({ base, port, parts }) {
  for (const name of ['conf', 'logs', 'temp', 'work', 'webapps']) await mkdir(join(base, name));
  await copyFile(join(parts.tomcat, 'conf/web.xml'), join(base, 'conf/web.xml'));
  await writeFile(join(base, 'conf/server.xml'), serverXml({ base, port, webapp: parts.webapp }));
  await writeFile(join(base, 'conf/context.xml'), contextXml);
  await writeFile(join(base, 'conf/logging.properties'), loggingProperties);
  await writeFile(join(base, 'uaa.yml'), stringify(accounts()));
  await writeFile(join(base, 'login.yml'), stringify(await identity(base, port)));
}

// Port -1: nothing listens for a word that stops the server. Signals do.
const serverXml = ({ base, port, webapp }) => `<Server port="-1">
  <Service name="Catalina">
    <Connector port="${port}" address="127.0.0.1" scheme="https" secure="true" SSLEnabled="true"
        protocol="org.apache.coyote.http11.Http11NioProtocol" maxThreads="50">
      <SSLHostConfig>
        <Certificate type="RSA" certificateFile="${base}/tls.pem"
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

// UAA answers with absolute redirects in every installation. No session outlives a run, and
// there is nothing to find in the jars, whose scan takes seconds.
const contextXml = `<Context useRelativeRedirects="false">
  <Manager pathname=""/>
  <JarScanner scanClassPath="false" scanManifest="false"/>
</Context>
`;

const loggingProperties = `handlers = java.util.logging.ConsoleHandler
.handlers = java.util.logging.ConsoleHandler
.level = INFO
`;

function accounts() {
  return {
    scim: {
      userids_enabled: true,
      groups,
      users: Object.entries(users).map(([name, memberOf]) => {
        const given = name[0].toUpperCase() + name.slice(1);
        const fields = [name, `${name}-password`, `${name}@example.com`, given, 'Example'];
        return [...fields, memberOf.join(',')].join('|');
      }),
    },
    oauth: { clients: Object.fromEntries(Object.entries(clients).map(toYml)) },
  };
}

function toYml([id, client]) {
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

async function identity(base, port) {
  const url = `https://localhost:${port}`;
  const pem = (name) => readFile(join(base, name), 'utf8');
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
        policy: { activeKeyId: 'test', keys: { test: { signingKey: await pem('jwt.key') } } },
      },
    },
    login: {
      url,
      entityBaseURL: url,
      serviceProviderKey: await pem('saml.key'),
      serviceProviderKeyPassword: '',
      serviceProviderCertificate: await pem('saml.pem'),
    },
  };
}
