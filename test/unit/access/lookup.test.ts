import { describe, expect, test } from '@jest/globals';
import { readClientDetails } from '../../../src/access/read-uaa.js';
import { TpksError } from '../../../src/errors.js';
import type { Clients } from '../../../src/uaa/clients.js';

const listed = [{ client_id: 'ci' }, { client_id: 'gone' }, { client_id: 'web' }];

const reading = (get: (id: string) => Promise<unknown>) => ({
  clients: () => Promise.resolve({ get } as unknown as Clients),
});

describe('clients that are listed, then read one by one', () => {
  test('leave out those that somebody deleted in between', async () => {
    const deps = reading((client_id) =>
      client_id === 'gone'
        ? Promise.reject(new TpksError('notFound', 'Client gone not found'))
        : Promise.resolve({ client_id }),
    );

    expect(await readClientDetails(listed, deps)).toEqual([
      { client_id: 'ci' },
      { client_id: 'web' },
    ]);
  });

  test('let every other failure through', async () => {
    const deps = reading(() => Promise.reject(new TpksError('forbidden', 'no')));

    await expect(readClientDetails(listed, deps)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
