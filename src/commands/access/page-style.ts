/** The style sheet of the page that `tpks access --html` writes, for light and dark screens and A4 paper. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --text: #1b2733; --muted: #546474; --line: #d6dde4; --faint: #f4f6f8; --paper: #ffffff;
  --accent: #0b5a8a; --high: #a31919; --medium: #855000; --low: #3c5670;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --text: #e3e9ef; --muted: #9dadbc; --line: #34414e; --faint: #1a232c; --paper: #11181f;
    --accent: #7fc4f2; --high: #ff9a92; --medium: #f0c15f; --low: #a9c5e2;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body {
  margin: 0 auto; padding: 2.5rem 2rem 4rem; max-width: 82rem;
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  color: var(--text); background: var(--paper);
}
header { padding-bottom: 1rem; border-bottom: 3px solid var(--accent); }
header p { margin: 0; color: var(--muted); }
h1, h2, h3, header p, td, th, li, dd { overflow-wrap: anywhere; }
h1 { margin: 0 0 0.25rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 1rem; font-size: 1.4rem; line-height: 1.3; }
h3 { margin: 2.5rem 0 0.25rem; font-size: 1.1rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
code { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; unicode-bidi: isolate; }
small { color: var(--muted); font-size: 0.8125rem; font-weight: normal; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 1rem 0 0; padding: 0; list-style: none; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0.75rem; margin: 0; }
dl div { padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 6px; background: var(--faint); }
dt { color: var(--muted); font-size: 0.8125rem; }
dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.gaps { margin: 1rem 0 0; padding: 0.6rem 1rem 0.6rem 2rem; border: 1px solid var(--medium); border-radius: 6px; }
table { width: 100%; margin-top: 0.5rem; border-collapse: collapse; table-layout: fixed; }
caption { padding-bottom: 0.75rem; color: var(--muted); text-align: left; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0.5rem; }
thead th {
  position: sticky; top: 0; font-size: 0.8125rem; vertical-align: bottom; background: var(--faint);
  border-bottom: 0; box-shadow: inset 0 -2px var(--muted);
}
tbody th { font-weight: 600; }
tr:target { background: var(--faint); outline: 2px solid var(--accent); outline-offset: -2px; }
td ul, th ul { margin: 0; padding: 0; list-style: none; }
th li { font-size: 0.8125rem; font-weight: normal; }
td small, .findings small { display: block; }
td b, caption b { color: var(--accent); }
.key { display: inline-block; margin-right: 0.75rem; }
.chain { color: var(--muted); }
.details td li { padding-left: 1.5rem; text-indent: -1.5rem; }
.chain + .chain { display: block; text-indent: 0; }
.tag, .high, .medium, .low { padding: 0 0.4em; border: 1px solid; border-radius: 4px; font-size: 0.8125rem; white-space: nowrap; }
.tag { color: var(--muted); font-weight: normal; }
.high { color: var(--high); border-width: 2px; font-weight: 700; }
.medium { color: var(--medium); font-weight: 600; }
.low { color: var(--low); border-style: dashed; }
.findings th:nth-child(1) { width: 8%; }
.findings th:nth-child(2) { width: 17%; }
.findings th:nth-child(3) { width: 38%; }
.matrix th:first-child { width: 19%; }
.matrix thead th:last-child { width: 15%; }
.details th:nth-child(1) { width: 20%; }
.details th:nth-child(2), .details th:nth-child(4) { width: 6%; }
.details th:nth-child(3) { width: 9%; }
.details th:nth-child(5) { width: 13%; }
@media screen and (max-width: 60rem) {
  section section { overflow-x: auto; }
  table { min-width: 56rem; }
}
@page { size: A4 landscape; margin: 14mm 12mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
@media print {
  html { font-size: 9.6pt; }
  body { max-width: none; padding: 0; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  h2, h3, caption { break-after: avoid; }
  tr, dl, li { break-inside: avoid; }
  thead th { position: static; border-bottom: 2px solid; box-shadow: none; }
  .installation + .installation { break-before: page; }
}
`;
