/** Names that a shell would split, expand or execute if they were not quoted. */
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
  // Must be last: after a backtick, even a quoted one, bash does not complete anything.
  '`touch pwned`',
];
