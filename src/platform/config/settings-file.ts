import { readdirSync, rmSync, statSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { errorMessage, isTpksError, TpksError } from '../../base/errors.js';
import { isObject, getOwnValue } from '../../base/json-value.js';
import type { Program } from '../../base/link.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import {
  formatBytes,
  newerFormatError,
  parseStoredJson,
  readFormatVersion,
  readText,
} from '../disk/bounded-read.js';
import { diskError, isMissing, withDiskErrors } from '../disk/disk-error.js';
import { isAccessibleToOthers, rejectShared, rejectSharedFolder } from '../disk/private-files.js';
import { unknownHomeError } from './environment.js';
import {
  renameInSelections,
  userGrants,
  type Role,
  type Settings,
  type SettingsFile,
} from './settings.js';

interface SettingsFileDeps {
  readonly directory: string;
  readonly program: Program;
  readonly withLock: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called after each change of the settings. */
  readonly onUpdated?: ((before: Settings, after: Settings) => void) | undefined;
}

/** Large enough for hundreds of contexts, each with its own certificates. */
const maximumBytes = 16 * 1024 * 1024;

const emptySettings = { version: 2, selections: {}, contexts: {}, targets: [] } as const;

export function createSettingsFile(deps: SettingsFileDeps): SettingsFile {
  const { directory, program, withLock, onUpdated } = deps;
  const path = join(directory, 'config.json');
  const missing: Content = {
    text: '',
    settings: { ...emptySettings, program },
    fingerprint: '',
    isPrivate: true,
  };
  let last: Content | undefined;
  const readContent = (): Content => {
    rejectSharedFolder(directory);
    let text: string;
    let fingerprint = '';
    let isPrivate = false;
    try {
      const inspect = (_: number, stats: Stats) => {
        rejectShared(path, stats);
        fingerprint = formatFingerprint(stats);
        isPrivate = !isAccessibleToOthers(stats.mode);
      };
      text = readText(path, { maximumBytes, inspect });
    } catch (error) {
      if (isMissing(error)) return (last = missing);
      throw isTpksError(error) ? error : diskError(error, 'read', path);
    }
    last = { text, settings: { ...parseSettings(text, path), program }, fingerprint, isPrivate };
    return last;
  };
  /** Reads the file, unless it is the one that was read last. */
  const readChanged = (): Content =>
    last !== undefined && last.fingerprint === readFingerprint(path) ? last : readContent();
  return {
    read: () => Promise.resolve().then(() => readChanged().settings),
    update: (change) =>
      withLock(async () => {
        // Fails before the change has effects elsewhere, such as a new session.
        requireHomeFolder();
        // A network file system may report old times until the file is opened.
        const before = readContent();
        let writtenText = before.text;
        const write = async (settings: Settings) => {
          const text = formatSettings(settings, path);
          if (before.isPrivate && hasSameContent(text, writtenText)) return;
          await writeWithConf(directory, path, { settings, text });
          writtenText = text;
        };
        const next = await change(before.settings, write);
        await write(next);
        onUpdated?.(before.settings, next);
        return next;
      }),
  };
}

/** What the file contained when it was read. */
interface Content {
  readonly text: string;
  readonly settings: Settings;
  /** Differs after each write, within the resolution of the file system's timestamps. Empty for a missing file. */
  readonly fingerprint: string;
  /** Whether only this user can read the file, as after each write. */
  readonly isPrivate: boolean;
}

function formatFingerprint({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

/** @returns `undefined` on an error, because reading the file reports it. */
function readFingerprint(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? '' : formatFingerprint(stats);
  } catch {
    return undefined;
  }
}

/** Whether two texts are the same JSON, in any order of the fields; an empty text is a missing file. */
function hasSameContent(text: string, written: string): boolean {
  if (text === written) return true;
  return written !== '' && isDeepStrictEqual(JSON.parse(text), parseStoredJson(written));
}

/** conf reads the home folder when it is loaded, even though it stores nothing there. */
function requireHomeFolder(): void {
  try {
    homedir();
  } catch (error) {
    throw unknownHomeError(error);
  }
}

/** conf replaces the file atomically and preserves symbolic links. The caller holds the lock. */
async function writeWithConf(
  directory: string,
  path: string,
  { settings, text }: Pick<Content, 'settings' | 'text'>,
): Promise<void> {
  const { default: Conf } = await import('conf');
  await withDiskErrors('write', path, () => {
    removeLeftovers(directory);
    const conf = new Conf<Settings>({
      cwd: directory,
      configName: 'config',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      // The content has already been read.
      deserialize: () => settings,
      serialize: () => text,
    });
    conf.store = settings;
  });
}

/** @throws {TpksError} `storage` if the file would be too large to read back. */
function formatSettings(settings: Settings, path: string): string {
  const text = `${JSON.stringify({ ...settings, program: undefined }, null, 2)}\n`;
  if (Buffer.byteLength(text) <= maximumBytes) return text;
  throw new TpksError(
    'storage',
    `Cannot write ${path}: it would be too large (limit ${formatBytes(maximumBytes)})`,
    { hint: 'delete contexts that you no longer need: tpks context delete NAME' },
  );
}

function parseSettings(text: string, path: string): Omit<Settings, 'program'> {
  const corrupt = (reason: string, cause?: unknown) =>
    new TpksError('storage', `The configuration file ${path} is corrupt: ${reason}`, {
      hint: `correct it, or move it away and log in again: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.bad`)}`,
      cause,
    });
  let value: unknown;
  try {
    // Editors on Windows write a byte order mark, which conf does not remove.
    value = parseStoredJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw corrupt(errorMessage(error), error);
  }
  const version = readFormatVersion(value);
  if (version !== undefined && version > emptySettings.version) {
    throw newerFormatError(path, version);
  }
  const result = v.safeParse(settingsSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw corrupt(`${issue.message} at ${v.getDotPath(issue) ?? 'the top level'}`);
}

/** Removes temporary files of processes that were killed while writing. The caller holds the lock. */
function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (/^config\.json\.tmp-[0-9a-f]+$/.test(name)) rmSync(join(directory, name), { force: true });
  }
}

const url = v.pipe(
  v.string(),
  v.check((text) => /^https:/i.test(text) && URL.canParse(text), 'not an https URL'),
);

const target = {
  uaa: url,
  caCert: v.optional(v.string()),
  skipTlsVerification: v.optional(v.boolean(), false),
};

/** 0.1.0 stored an API on port 443 without its port, which now means 9021. */
const api = v.pipe(
  url,
  v.transform((text) => {
    const { protocol, hostname, port } = new URL(text);
    return `${protocol}//${hostname}:${port || '443'}`;
  }),
);

const common = {
  ...target,
  identity: v.string(),
  clientId: v.string(),
  scope: v.optional(v.string()),
  tokenFormat: v.optional(v.picklist(['opaque', 'jwt'])),
  api: v.optional(api),
  store: v.picklist(['keychain', 'file']),
  // It is part of a file name.
  sessionId: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{1,32}$/))),
  otherStore: v.optional(v.picklist(['keychain', 'file'])),
  pksCreds: v.optional(v.looseObject({ path: v.string(), isAlwaysWritten: v.boolean() })),
};

const ignored = v.optional(
  v.pipe(
    v.unknown(),
    v.transform(() => undefined),
  ),
);

const contextSchema = v.variant('grant', [
  v.looseObject({
    ...common,
    grant: v.picklist(userGrants),
    origin: v.optional(v.string()),
    isPublicClient: v.optional(v.boolean()),
    idToken: v.optional(v.looseObject({ audience: v.string(), file: v.optional(v.string()) })),
    clientKeyFile: ignored,
  }),
  v.looseObject({
    ...common,
    grant: v.literal('client_credentials'),
    clientKeyFile: v.optional(v.string()),
    // Only users have these; 0.1.0 could store them for clients too.
    origin: ignored,
    isPublicClient: ignored,
    idToken: ignored,
  }),
]);

const kubernetesSessionSchema = v.looseObject({
  ...target,
  api,
  identity: v.string(),
  store: v.picklist(['keychain', 'file']),
  clusters: v.optional(v.array(v.string()), []),
});

/** Parsed as a map, because `v.record` drops contexts named `constructor` or `__proto__`. */
const byName = <const Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    v.custom<object>(isObject, 'Invalid type: Expected Object'),
    v.transform((value) => new Map<string, unknown>(Object.entries(value))),
    v.map(v.string(), schema),
    v.transform((values) => Object.fromEntries(values)),
  );

const identities = v.looseObject({ pks: v.optional(v.string()), uaa: v.optional(v.string()) });

const selection = v.looseObject({
  uaa: v.optional(url),
  identities: v.optional(v.record(url, identities), {}),
  previous: v.optional(v.string()),
});

const shared = {
  contexts: byName(contextSchema),
  kubernetesSessions: v.optional(byName(kubernetesSessionSchema)),
};

const version2 = v.looseObject({
  version: v.literal(2),
  ...shared,
  selections: v.optional(
    v.looseObject({
      tpks: v.optional(selection),
      pks: v.optional(selection),
      uaac: v.optional(selection),
    }),
    {},
  ),
  formerUaaTarget: v.optional(url),
  defaultStore: v.optional(v.literal('file')),
  targets: v.optional(v.array(v.looseObject(target)), []),
});

/** The format of tpks 0.2.0 and earlier: PKS commands and `tpks uaa` each select a context. */
const version1 = v.looseObject({
  version: v.literal(1),
  ...shared,
  current: v.optional(v.string()),
  previous: v.optional(v.string()),
  currentUaa: v.optional(v.string()),
  uaaTarget: v.optional(url),
  targets: v.optional(v.array(v.looseObject({ ...target, context: v.optional(v.string()) })), []),
});

/**
 * The content of `config.json`. Unknown fields are kept, because a newer version may have written them.
 * Selections lose the names of contexts that do not exist.
 */
const settingsSchema = v.pipe(
  v.variant('version', [version1, version2]),
  v.transform((read) => {
    const settings = read.version === 1 ? migrate(read) : read;
    const { contexts } = settings;
    const keepExisting = (name: string) => (Object.hasOwn(contexts, name) ? name : undefined);
    return { ...settings, selections: renameInSelections(settings.selections, keepExisting) };
  }),
);

/**
 * Derives the selections from the settings of tpks 0.2.0 and earlier. `current` decides which installation
 * is current; the links keep those that they used.
 */
function migrate(old: v.InferOutput<typeof version1>) {
  const { current, previous, currentUaa, uaaTarget, targets, ...rest } = old;
  const contexts = Object.fromEntries(
    Object.entries(old.contexts).map(([name, context]) => [
      name,
      // Only `login` and `context use` selected these, so their API was in use.
      name === current || name === previous ? context : withoutAssumedApi(context),
    ]),
  );
  const uaaOf = (name: string | undefined) => getOwnValue(contexts, name ?? '')?.uaa;
  const identities: Record<string, Partial<Record<Role, string>>> = {};
  const remember = (name: string | undefined, role: Role) => {
    const uaa = uaaOf(name);
    if (uaa !== undefined) identities[uaa] = { [role]: name, ...identities[uaa] };
  };
  remember(current, 'pks');
  remember(currentUaa, 'uaa');
  for (const { context } of targets) remember(context, 'uaa');
  // In tpks 0.2.0, `uaa target` selected the context of a UAA if there was only one.
  const contextsByUaa = new Map<string, number>();
  for (const { uaa } of Object.values(contexts))
    contextsByUaa.set(uaa, (contextsByUaa.get(uaa) ?? 0) + 1);
  for (const [name, { uaa, api, grant }] of Object.entries(contexts)) {
    const isOnly = contextsByUaa.get(uaa) === 1;
    const isUser = api !== undefined && grant !== 'client_credentials';
    if (isOnly && identities[uaa] === undefined) remember(name, isUser ? 'pks' : 'uaa');
  }
  const target = uaaTarget ?? uaaOf(currentUaa);
  const uaa = uaaOf(current) ?? target;
  const selection = { uaa, identities, previous };
  return {
    ...rest,
    version: 2 as const,
    contexts,
    targets: targets.map((each) => ({ ...each, context: undefined })),
    selections:
      uaa === undefined
        ? {}
        : { tpks: selection, pks: selection, uaac: { ...selection, uaa: target ?? uaa } },
    formerUaaTarget: target === uaa ? undefined : target,
  };
}

/** Removes an API that `tpks uaa` assumed on the UAA's host. The next PKS command checks and stores it again. */
function withoutAssumedApi<
  Context extends Pick<v.InferOutput<typeof contextSchema>, 'api' | 'uaa' | 'grant' | 'clientId'>,
>(context: Context): Context {
  const { api, uaa, grant, clientId } = context;
  const isAssumed = api === `https://${new URL(uaa).hostname}:9021`;
  const isFromUaa = grant === 'client_credentials' || clientId !== 'pks_cli';
  return isAssumed && isFromUaa ? { ...context, api: undefined } : context;
}
