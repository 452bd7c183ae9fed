/** What the engine says, by source. Made by `npm run words`, and never changed by hand. */
export const workspace = [
  // compact.rs
  'a member of set {0} has no vector',
  // error.rs
  "the workspace's index failed: {0}",
  'the workspace {0} is open in another program; close it there, or open it here for reading only',
  'the workspace is open for reading only; nothing was changed',
  'the disk is full; what was kept before is safe, make some room and try again',
  '{0} holds other files; name a new or empty folder for the workspace',
  'there is no workspace in {0}',
  'the workspace {0} was made by a newer version of Embedscope; open it with that version',
  'the workspace {0} is of an older version; open it once where it may be written',
  'the workspace is damaged: {what}; `embedscope-cli workspace repair` mends it',
  'there is no {what} {id}',
  'the selection could not be called “{name}”; another one is, or it is gone',
  'expected vectors of {expected} numbers, found {found}',
  // items.rs
  'item',
  // matrix.rs
  '{0} is too short',
  // migrate.rs
  'its version is {found}',
  // repair.rs
  'the index was written anew with the {kept} rows that could be read',
  '{lost} items that could not be read were forgotten',
  'the index of words was made anew',
  'set {set}: {forgotten} results were forgotten, lay them out again',
  'set {set}: {lost} vectors were lost and {0} items are to be embedded again with {1}',
  '{lost} results were lost, lay them out again',
  // runs.rs
  'run',
  // sets.rs
  'set',
  // verify.rs
  'the index: {what}',
  'the index of words: {what}',
  'set {0}: {count} rows from row {first} on {what}',
  'set {0}: {what}',
  'rows of {table} point at {parent} that are not there',
  '{unlike} items cannot be what was written',
  '{differ} texts are missing or too many',
  'are not there: no {file}',
  'have no checksum',
  'its list of members has gaps',
  '{strangers} members stand on a vector that is not theirs',
  'are not there',
  'are not what was written',
  'is not there',
  'is not what was written',
  // workspace.rs
  'workspace',
] as const;
