/** Names that a shell would take to pieces, expand or run if it were let. */
export const awkwardNames = [
  'cody@api.example.com',
  'cody@api.example.org:9021',
  'https://uaa.example.com:8443/uaa',
  'https://uaa.example.org',
  'a=b',
  'blank in it',
  "it's quoted",
  'a "double" one',
  'back\\slash',
  '$(touch pwned)',
  ';touch pwned',
  '$HOME',
  '~root',
  'bang!bang',
  'glob*?[x]',
  '{a,b}',
  'größe-集群',
  '#hash',
  'amp&pipe|less<more>',
  // The last one: behind a backtick, even a quoted one, bash completes nothing more.
  '`touch pwned`',
];
