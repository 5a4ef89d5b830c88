import { expect, test } from '@jest/globals';
import { readEnvironment } from '../../../src/config/environment.js';

test('an empty variable counts as unset', () => {
  const variables = {
    TPKS_API: 'api.example.com',
    TPKS_PASSWORD: '',
    FORCE_COLOR: '',
    EDITOR: 'vi',
  };
  expect(readEnvironment(variables)).toEqual({ TPKS_API: 'api.example.com', EDITOR: 'vi' });
});

test('finds PATH on Windows, where process.env ignores the case of names', () => {
  const windows = new Proxy<NodeJS.ProcessEnv>(
    { Path: 'C:\\tools' },
    { get: (variables, name) => variables[name === 'PATH' ? 'Path' : String(name)] },
  );
  expect(readEnvironment(windows).PATH).toBe('C:\\tools');
});
