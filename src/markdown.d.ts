/** The build imports pages of `docs/` as text. */
declare module '*.md' {
  const text: string;
  export default text;
}
