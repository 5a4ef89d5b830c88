import { expect, test, describe } from '@jest/globals';
import type { Clients } from '../../../../src/api/uaa/clients.js';
import { TpksError } from '../../../../src/base/errors.js';
import { readClientDetails } from '../../../../src/domain/access-as-code/uaa-content.js';

const listed = [{ client_id: 'ci' }, { client_id: 'gone' }, { client_id: 'web' }];

const depsWith = (get: (id: string) => Promise<unknown>) => ({
  clients: { get } as unknown as Clients,
});

describe('readClientDetails', () => {
  test('omits clients that were deleted after they had been listed', async () => {
    const deps = depsWith((client_id) =>
      client_id === 'gone'
        ? Promise.reject(new TpksError('notFound', 'Client gone not found'))
        : Promise.resolve({ client_id }),
    );

    expect(await readClientDetails(listed, deps)).toEqual([
      { client_id: 'ci' },
      { client_id: 'web' },
    ]);
  });
});
