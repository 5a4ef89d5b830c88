/**
 * Downloads the UAA and Tomcat with Maven, once, into a cache outside the repository.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The SHA-256 of each file, by `group:artifact:version:type`. */
const artifacts = {
  'org.cloudfoundry.identity:cloudfoundry-identity-uaa:4.30.0:war':
    '0ce1e6384b18fdff1e2d7b42f43d51727d14e76ac493b5558ecff98205b95e9f',
  'org.apache.tomcat:tomcat:9.0.98:tar.gz':
    '1d9a1104c2e235a5baff6e9ca8e28be3d864803fafc478f5c13c2ae6a5ed3d6f',
  // Java includes JAXB only up to version 10.
  'javax.xml.bind:jaxb-api:2.3.1:jar':
    '88b955a0df57880a26a74708bc34f74dcaf8ebf4e78843a28b50eae945732b06',
  'com.sun.xml.bind:jaxb-core:2.3.0.1:jar':
    'd2ecba63615f317a11fb55c6468f6a9480f6411c10951d9881bafd9a9a8d0467',
  'com.sun.xml.bind:jaxb-impl:2.3.1:jar':
    'e6c9e0f1830fd5f7c30c25ecf5e2046c5668b06d304add89d2f027d5072297d0',
  'com.sun.activation:javax.activation:1.2.0:jar':
    '993302b16cd7056f21e779cc577d175a810bb4900ef73cd8fbf2b50f928ba9ce',
  // The version in the war does not start on Java 17.
  'org.codehaus.groovy:groovy:2.5.23:jar':
    'fe3238310d2334b37ed8e6ed219f8a33429eae6548085e822e4d1aad3a471579',
};

/** Libraries in the war that are replaced by artifacts. */
const replacedLibraries = ['groovy-2.5.2.jar', 'activation-1.1.jar'];

/** Changes to files of the web application that save CPU time; clients do not notice them. */
const edits = [
  // The UAA's parser takes 20 s for 116 kB of comments.
  { file: 'WEB-INF/classes/uaa.yml', pattern: '^ *#.*\\n', replacement: '' },
  // Hashes passwords and secrets with the lowest cost. By default, that takes as long as everything else.
  {
    file: 'WEB-INF/spring/oauth-endpoints.xml',
    pattern: '<bean id="passwdEncoder" .*/>',
    replacement:
      '<bean id="passwdEncoder" class="org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder">' +
      '<constructor-arg value="4"/></bean>',
  },
];

const downloadTimeoutMilliseconds = 600_000;

/** @typedef {{ stdout: string, stderr: string }} Output */

/**
 * @param {{ signal: AbortSignal }} options
 * @returns the folders of the unpacked web application and of Tomcat. They can be shared,
 *   because servers do not write to them.
 * @throws if Maven fails or the checksum of a file differs.
 */
export async function downloadUaa({ signal }) {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tpks-real-uaa');
  const version = createHash('sha256').update(
    JSON.stringify([artifacts, replacedLibraries, edits]),
  );
  const ready = join(cache, `parts-${version.digest('hex').slice(0, 16)}`);
  const folders = { webapp: join(ready, 'webapp'), tomcat: join(ready, 'tomcat') };
  if (await exists(ready)) return folders;

  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const incoming = await mkdtemp(join(cache, 'incoming-'));
  try {
    await download(incoming, signal);
    await assemble(incoming);
    // Renaming is atomic, so two runs can download at the same time.
    await rename(incoming, ready).catch(async (/** @type {unknown} */ error) => {
      if (!(await exists(ready))) throw error;
    });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
  return folders;
}

/**
 * @param {string} folder
 * @param {AbortSignal} signal
 */
async function download(folder, signal) {
  const items = Object.keys(artifacts).map((id) => {
    const [groupId = '', artifactId = '', version = '', type = ''] = id.split(':');
    return (
      `<artifactItem><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId>` +
      `<version>${version}</version><type>${type}</type></artifactItem>`
    );
  });
  await writeFile(
    join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tpks</groupId><artifactId>real-uaa-parts</artifactId><version>1</version>
<packaging>pom</packaging><build><plugins><plugin>
<groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
<version>3.7.0</version><configuration><outputDirectory>\${project.basedir}</outputDirectory>
<artifactItems>${items.join('\n')}</artifactItems>
</configuration></plugin></plugins></build></project>\n`,
  );
  await execute('mvn', ['-q', '-B', 'dependency:copy'], {
    cwd: folder,
    timeout: downloadTimeoutMilliseconds,
    signal,
  }).catch((/** @type {unknown} */ error) => {
    signal.throwIfAborted();
    const { stdout, stderr } = /** @type {Output} */ (error);
    throw new Error(`Maven could not download the UAA:\n${stdout}${stderr}`.trim(), {
      cause: error,
    });
  });
  for (const [id, expected] of Object.entries(artifacts)) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, fileName(id))), hash);
    if (hash.digest('hex') !== expected) {
      throw new Error(`${fileName(id)} is not the expected file: its SHA-256 differs`);
    }
  }
}

/**
 * Unpacks the downloaded files, and replaces libraries and edits files in the web application.
 *
 * @param {string} folder
 */
async function assemble(folder) {
  const [webapp, tomcat] = [join(folder, 'webapp'), join(folder, 'tomcat')];
  const [war = '', archive = '', ...libraries] = Object.keys(artifacts).map(fileName);
  await Promise.all([mkdir(webapp), mkdir(tomcat)]);
  await execute('jar', ['xf', join(folder, war)], { cwd: webapp });
  await execute('tar', ['xzf', join(folder, archive), '-C', tomcat, '--strip-components=1']);
  for (const name of replacedLibraries) await rm(join(webapp, 'WEB-INF/lib', name));
  for (const name of libraries) {
    await rename(join(folder, name), join(webapp, 'WEB-INF/lib', name));
  }
  for (const { file, pattern, replacement } of edits) {
    const path = join(webapp, file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(new RegExp(pattern, 'gm'), replacement));
  }
  for (const name of [war, archive, 'pom.xml']) await rm(join(folder, name));
}

/** @param {string} id */
function fileName(id) {
  const [, artifact = '', version = '', type = ''] = id.split(':');
  return `${artifact}-${version}.${type}`;
}

/**
 * Removes the folders of downloads that were killed. A folder that is a day old is no longer in
 * use.
 *
 * @param {string} cache
 */
async function removeAbandoned(cache) {
  const yesterday = Date.now() - 86_400_000;
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (name.startsWith('incoming-') && (await stat(path)).mtimeMs < yesterday) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** @param {string} path */
function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
