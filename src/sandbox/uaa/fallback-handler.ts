import {
  empty,
  findMethods,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { findLoggedInUser, redirectToLogin } from './browser/login-routes.js';
