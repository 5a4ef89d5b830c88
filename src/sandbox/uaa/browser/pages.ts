import { htmlEscape } from '../html-escape.js';
import { pageStyle } from './page-style.js';

/** @param csrf - value of the hidden field. @param problem - shown above the form. */
export function loginPage(csrf: string, problem: string | undefined): string {
  const alert =
    problem === undefined
      ? ''
      : `<div class="alert alert-error"><p>${htmlEscape(problem)}</p></div>`;
  return page(`<h1>Welcome!</h1>
  <div class="island-content">
    ${alert}
    <form action="/login.do" method="post" novalidate="novalidate" accept-charset="UTF-8">
      <input type="hidden" name="X-Uaa-Csrf" value="${csrf}"/>
      <input name="username" type="text" placeholder="Email" aria-label="Email" autofocus class="form-control"/>
      <input name="password" type="password" placeholder="Password" aria-label="Password" autocomplete="off"/>
      <input type="submit" value="Sign in" class="island-button"/>
    </form>
  </div>`);
}

export function passcodePage(userName: string, code: string): string {
  return page(
    `<h1>Temporary Authentication Code</h1>
  <h2 class="code">${htmlEscape(code)}</h2>`,
    userName,
  );
}

export function homePage(userName: string): string {
  return page(
    `<h1>Where to?</h1>
  <div class="island-content"><p>You are signed in.</p></div>`,
    userName,
  );
}

export function authorizationErrorPage(problem: string): string {
  return page(`<div class="island-content">
    <div class="alert alert-error"><p>${htmlEscape(problem)}</p></div>
  </div>
  <h2>
    Authorization Request Error<br/>
    There was an error. The request for authorization was invalid.
  </h2>`);
}

export function errorPageHtml(): string {
  return page(`<h2>
    Uh oh.<br />
    Something went amiss.
  </h2>`);
}

/** @param userName - user of the session, if there is one. */
export function page(content: string, userName?: string): string {
  const navigation =
    userName === undefined
      ? ''
      : `<div class="nav"><span>${htmlEscape(userName)}</span>
  <a href="/logout.do">Sign Out</a></div>`;
  return `<!DOCTYPE html>
<html dir="ltr" lang="en">
<head>
<title>Cloud Foundry</title>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1.0"/>
<style>${pageStyle}</style>
</head>
<body>
${navigation}
<div class="island">
  ${content}
</div>
</body>
</html>
`;
}
