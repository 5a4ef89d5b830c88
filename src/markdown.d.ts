/** The build takes pages of `docs/` in as text. */
declare module '*.md' {
  const text: string;
  export default text;
}
