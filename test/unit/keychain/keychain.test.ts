import { describe } from '@jest/globals';
import { createKeyFile } from '../../../src/keychain/key-file.js';
import { keychainContract } from '../../support/keychain/contract.js';
import { createMemoryKeychain } from '../../support/keychain/memory-keychain.js';
import { withFolder } from '../../support/runner/temporary-folder.js';

describe('a key file', () => {
  keychainContract((body) => withFolder((folder) => body(createKeyFile(`${folder}/keys`))));
});

describe('the in-memory keychain of the tests', () => {
  keychainContract((body) => body(createMemoryKeychain()));
});
