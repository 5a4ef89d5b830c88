import type { Route } from '../../router.js';
import { accountApiRoutes } from './api-routes.js';
import { codeRoutes } from './code-routes.js';
import { discoveryPageRoutes } from './discovery-pages.js';
import { emailPageRoutes } from './email-pages.js';
import { forcedPasswordChangeRoutes } from './forced-password-change.js';
import { homePageRoutes } from './home-pages.js';
import { invitationPageRoutes } from './invitation-pages.js';
import { inviteRoutes } from './invite-routes.js';
import { passwordPageRoutes } from './password-pages.js';
import { profilePageRoutes } from './profile-pages.js';
import { registrationPageRoutes } from './registration-pages.js';
import { serviceProviderRoutes } from './service-provider-routes.js';
import { simplePageRoutes } from './simple-pages.js';
import type { Realm } from '../realm.js';

/** Creates the routes of the account pages, and of the APIs for codes, invitations and SAML. */
export function accountRoutes(realm: Realm): readonly Route[] {
  return [
    ...simplePageRoutes(realm),
    ...homePageRoutes(realm),
    ...discoveryPageRoutes(realm),
    ...forcedPasswordChangeRoutes(realm),
    ...profilePageRoutes(realm),
    ...passwordPageRoutes(realm),
    ...registrationPageRoutes(realm),
    ...emailPageRoutes(realm),
    ...invitationPageRoutes(realm),
    ...inviteRoutes(realm),
    ...codeRoutes(realm),
    ...accountApiRoutes(realm),
    ...serviceProviderRoutes(realm),
  ];
}
