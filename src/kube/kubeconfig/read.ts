import { isObject, type JsonObject } from '../../json-value.js';
import {
  emptyConfig,
  entryKeys,
  findCurrentContext,
  findEntry,
  findOwner,
  findSessionName,
  listEntries,
  type Configs,
  type EntryList,
} from './entries.js';
import type { OwnContext } from './kubeconfig.js';
import { invalidFileError, readStoredFile, type StoredFile } from './storage.js';

/** The kubeconfig files with their values. */
export interface LoadedFiles {
  readonly files: readonly StoredFile[];
  readonly configs: Configs;
}

/**
 * Reads the kubeconfig files.
 * @throws {TpksError} `usage` for a file that kubectl could not load either; `storage` for a file that cannot be read.
 */
export async function loadFiles(paths: readonly string[]): Promise<LoadedFiles> {
  const files = await Promise.all(paths.map(readStoredFile));
  return { files, configs: files.map(toConfig) };
}

function toConfig({ path, document: { value } }: StoredFile): JsonObject {
  if (value === null) return emptyConfig;
  if (!isObject(value)) throw invalidFileError(path, 'line 1: the file is not a kubeconfig');
  for (const list of Object.keys(entryKeys) as EntryList[]) validateList(path, value, list);
  return value;
}

function validateList(path: string, config: JsonObject, list: EntryList): void {
  const items = config[list];
  if (items === undefined || items === null) return;
  if (!Array.isArray(items)) throw invalidFileError(path, `${list}: this is not a list`);
  const names = new Set<unknown>();
  for (const item of items as readonly unknown[]) {
    if (!isObject(item)) throw invalidFileError(path, `${list}: an entry is not an object`);
    const { name = '' } = item;
    if (typeof name !== 'string') throw invalidFileError(path, `${list}: a name is not a string`);
    if (names.has(name)) throw invalidFileError(path, `${list}: ${name} occurs more than once`);
    names.add(name);
  }
}

/** Lists the contexts that tpks created, in the order of the files. */
export function listOwnContexts({ files, configs }: LoadedFiles): readonly OwnContext[] {
  const current = findCurrentContext(configs);
  return listEntries(configs, 'contexts').flatMap(({ name, file, value }) => {
    const owner = findOwner(value);
    const path = files[file]?.path;
    if (owner === undefined || path === undefined) return [];
    const server = findMember(configs, 'clusters', value['cluster'])?.['server'];
    const user = findMember(configs, 'users', value['user']);
    const sessionName = user === undefined ? undefined : findSessionName(user);
    const exec = sessionName === undefined ? undefined : user?.['exec'];
    return [
      {
        name,
        path,
        isCurrent: name === current,
        owner,
        server: toText(server),
        userName: toText(value['user']),
        sessionName,
        pluginCommand: isObject(exec) ? toText(exec['command']) : undefined,
      },
    ];
  });
}

function findMember(configs: Configs, list: EntryList, name: unknown): JsonObject | undefined {
  return typeof name === 'string' ? findEntry(configs, list, name)?.value : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
