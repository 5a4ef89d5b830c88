/** Style of the sandbox's pages, similar to UAA's, with a dark mode. */
export const pageStyle = `
  :root { color-scheme: light dark; --back: #f4f4f4; --island: #fff; --text: #333; --line: #bbb;
    --bad: #a3261e; --action: #00637f; --on-action: #fff; }
  @media (prefers-color-scheme: dark) { :root { --back: #1b1d1f; --island: #26292c; --text: #ddd;
    --line: #555; --bad: #ff8a80; --action: #7fd0e8; --on-action: #10242b; } }
  body { background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
    margin: 0; padding: 1rem; }
  h1 { font-weight: 300; margin: 0 0 1rem; text-align: center; }
  h2 { font-weight: 400; overflow-wrap: anywhere; }
  .code { font: 1.5rem ui-monospace, monospace; text-align: center; user-select: all; }
  a { color: var(--action); overflow-wrap: anywhere; }
  .nav { display: flex; gap: 1rem; justify-content: flex-end; }
  .island { background: var(--island); margin: 8vh auto; max-width: 26rem; padding: 2rem; }
  .alert { border: 1px solid var(--bad); color: var(--bad); margin-bottom: 1rem;
    padding: 0 1rem; }
  input[type=text], input[type=password], .island-button, button { border: 1px solid var(--line);
    border-radius: 2px; box-sizing: border-box; font: inherit; padding: .6rem; }
  input[type=text], input[type=password], .island-button { display: block; margin: .75rem 0;
    width: 100%; }
  .island-button, #authorize { background: var(--action); border-color: var(--action);
    color: var(--on-action); cursor: pointer; }
  .application-scopes { border: 1px solid var(--line); list-style: none; margin: 1rem 0;
    padding: .5rem 1rem; }
  .application-scopes li { display: flex; gap: .75rem; margin: .5rem 0; }
  .actions { display: grid; gap: 1rem; grid-template-columns: 1fr 1fr; }
`;
