import type { List } from '../list/list.js';

interface Profile {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** The original's table of network and of compute profiles. @see pks-cli, section 10 */
export const profileList: List<Profile> = {
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  nameOf: ({ name }) => name,
};
