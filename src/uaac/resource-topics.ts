import { defineCommand, type UaacTopic } from './define-command.js';

const user = () => import('./user-commands.js');
const password = () => import('./password-commands.js');
const group = () => import('./group-commands.js');
const member = () => import('./member-commands.js');
const client = () => import('./client-commands.js');
const secret = () => import('./secret-commands.js');

const profile = 'origin given_name family_name emails phones';

/** The names of the attributes of a client, in the order in which `uaac` prompts for them. */
const clientAttributes =
  'name scope authorized_grant_types authorities access_token_validity refresh_token_validity ' +
  'redirect_uri autoapprove allowpublic allowedproviders signup_redirect_url required_user_groups';

/** Commands for users, groups and clients. @see uaac, section 5 */
export const resourceTopics: readonly UaacTopic[] = [
  {
    title: 'User Accounts',
    synonyms: ['user', 'accounts', 'account'],
    commands: [
      defineCommand(
        'users [filter]',
        'List users',
        'attributes start count',
        async () => (await user()).users,
      ),
      defineCommand(
        'user get [name]',
        'Show a user',
        'origin attributes',
        async () => (await user()).get,
      ),
      defineCommand(
        'user add [name]',
        'Create a user',
        `${profile} password`,
        async () => (await user()).add,
      ),
      defineCommand(
        'user update [name]',
        'Update a user',
        `${profile} del_attrs`,
        async () => (await user()).update,
      ),
      defineCommand(
        'user delete [name]',
        'Delete a user',
        'origin',
        async () => (await user()).remove,
      ),
      defineCommand(
        'user ids [username|id...]',
        'Show the ids of users',
        '',
        async () => (await user()).ids,
      ),
      defineCommand('user unlock [name]', 'Unlock a user', '', async () => (await user()).unlock),
      defineCommand(
        'user deactivate [name]',
        'Prevent a user from logging in',
        '',
        async () => (await user()).deactivate,
      ),
      defineCommand(
        'user activate [name]',
        'Allow a user to log in again',
        '',
        async () => (await user()).activate,
      ),
      defineCommand(
        'password set [name]',
        'Set the password of a user',
        'password',
        async () => (await password()).set,
      ),
      defineCommand(
        'password change',
        'Change the password of the current user',
        'old_password password',
        async () => (await password()).change,
      ),
    ],
  },
  {
    title: 'Groups',
    synonyms: ['groups', 'group'],
    commands: [
      defineCommand(
        'groups [filter]',
        'List groups',
        'attributes start count',
        async () => (await group()).groups,
      ),
      defineCommand(
        'group get [name]',
        'Show a group',
        'attributes',
        async () => (await group()).get,
      ),
      defineCommand('group add [name]', 'Create a group', '', async () => (await group()).add),
      defineCommand(
        'group delete [name]',
        'Delete a group',
        '',
        async () => (await group()).remove,
      ),
      defineCommand(
        'group mappings',
        'List the mappings of external groups',
        'start count',
        async () => (await group()).mappings,
      ),
      defineCommand(
        'group map [external_group]',
        'Map an external group',
        'id name origin',
        async () => (await group()).map,
      ),
      defineCommand(
        'group unmap [group_name] [external_group]',
        'Remove the mapping of an external group',
        'origin',
        async () => (await group()).unmap,
      ),
      defineCommand(
        'member add [name] [users...]',
        'Add members to a group',
        '',
        async () => (await member()).add,
      ),
      defineCommand(
        'member delete [name] [users...]',
        'Remove members from a group',
        '',
        async () => (await member()).remove,
      ),
    ],
  },
  {
    title: 'Client Application Registrations',
    synonyms: ['client', 'application', 'registrations', 'reg'],
    commands: [
      defineCommand(
        'clients [filter]',
        'List clients',
        'attributes start count',
        async () => (await client()).clients,
      ),
      defineCommand(
        'client get [id]',
        'Show a client',
        'attributes',
        async () => (await client()).get,
      ),
      defineCommand(
        'client add [id]',
        'Create a client',
        `${clientAttributes} clone secret interactive`,
        async () => (await client()).add,
      ),
      defineCommand(
        'client update [id]',
        'Update a client',
        `${clientAttributes} del_attrs interactive`,
        async () => (await client()).update,
      ),
      defineCommand(
        'client delete [id]',
        'Delete a client',
        '',
        async () => (await client()).remove,
      ),
      defineCommand(
        'secret set [id]',
        'Set the secret of a client',
        'secret',
        async () => (await secret()).set,
      ),
      defineCommand(
        'secret change',
        'Change the secret of the current client',
        'old_secret secret',
        async () => (await secret()).change,
      ),
      defineCommand(
        'client jwt add [id]',
        'Add a JWT trust to a client',
        'jwks_uri jwks issuer subject audience',
        async () => (await secret()).jwtAdd,
      ),
      defineCommand(
        'client jwt update [id]',
        'Replace the JWT trust of a client',
        'jwks_uri jwks issuer subject audience',
        async () => (await secret()).jwtUpdate,
      ),
      defineCommand(
        'client jwt delete [id]',
        'Remove a JWT trust from a client',
        'kid jwks issuer subject audience',
        async () => (await secret()).jwtDelete,
      ),
    ],
  },
  {
    title: 'CURL',
    synonyms: ['curl'],
    commands: [
      defineCommand(
        'curl [path]',
        'Send a request to the UAA with the current token',
        'request data header insecure cacert bodyonly',
        async () => (await import('./curl-command.js')).curl,
      ),
    ],
  },
];
