/** What the engine says, by source. Made by `npm run words`, and never changed by hand. */
export const sources = [
  // cut.rs
  'none',
  'tokens',
  'words',
  'sentences',
  'headings',
  'lines',
  'texts are cut by none, tokens, words, sentences, headings or lines, not by {name}',
  // format.rs
  'empty file',
  'no freely licensed decoder in safe Rust is ready yet; save it as PNG or JPEG',
  'its codec is patented and has no freely licensed decoder; save it as PNG or JPEG',
  'Photoshop',
  'old Feather',
  'Zstandard',
  'old Office',
  'its name says text, but it holds binary data',
  'protocol buffer',
  'its name says picture, but it holds none',
  'its name says what it does not hold',
  'its name says document, but it holds none',
  // guard.rs
  'its structure confuses the reader ({0})',
  'no message',
  // inside.rs
  'a device or pipe, not a file',
  'it is not there',
  'archives nested deeper than {0}',
  // inside/archive.rs
  'an archive of more than {0} files; the first were taken',
  'the files in it overlap',
  'it holds no e-mail',
  'attachment',
  'a link, not followed',
  'it unpacks to more than {0}',
  'it ends too soon',
  'it is packed in a way that is not supported',
  // inside/tile.rs
  'not a size such as 28x28',
  'the sheet holds no picture {number} of {tile} pixels',
  // item.rs
  '{format} files are not read yet',
  '{format} files are not read: {why}',
  'not a known document, table or picture',
  'larger than the limit: {what}',
  'reading took longer than {seconds} s',
  'cannot be read: {0}',
  'protected by a password',
  'cannot be opened: {problem}',
  'permission denied',
  // limits.rs
  '{0}, at most {1}',
  // picture.rs
  'it does not begin like a picture',
  '{width} × {height} pixels are {millions} million, at most {most} million',
  'a picture without pixels',
  'it ends too early',
  'its kind of colours or packing is not supported',
  // picture/svg.rs
  'the renderer stopped on it',
  'a drawing of more than {SHAPES} shapes',
  'a drawing without size',
  'entities that grow without end',
  // read.rs
  'the reader stopped on it',
  'a table is no document',
  // read/apart.rs
  'its structure brings the reader down',
  // read/cutter.rs
  'more than {0} items; the first were taken',
  // read/docx.rs
  'it holds no Word document',
  // read/epub.rs
  'it holds no book',
  // read/hands.rs
  'a thread has ended at once',
  // read/notebook.rs
  'it holds no cells',
  // read/opendocument.rs
  'it holds no document',
  'name',
  // read/outlet.rs
  'no text in it',
  'reading was stopped',
  // read/package.rs
  '{name} unpacks to more than {0}',
  'Id',
  'Target',
  'too much to unpack',
  // read/pdf.rs
  'objects nested deeper than {NESTING}',
  'page {number} of {count}: {reason}',
  '{before} (perhaps scanned)',
  'no visible text on any page{perhaps}',
  'no visible text on {0} of {count} (perhaps scanned)',
  '{before} and {0} more',
  'page{0} {1}{more}',
  // read/pptx.rs
  'slide {number} of {0}: {reason}',
  'it holds no presentation',
  // read/rows.rs
  'nobody listens',
  '{0} has more rows than there are vectors',
  'its reader stopped',
  // read/rtf.rs
  'groups nested deeper than {0}',
  // read/table.rs
  '{bad} of {0} rows bring no vector of {dim} finite numbers, first row {1}',
  // read/tex.rs
  'Cref',
  // read/vectors.rs
  'row {0}',
  '{bad} of {0} rows are not finite numbers, first row {first_bad}',
  'no vector in it',
  'its shape is {shape}, not rows of vectors',
  // read/vectors/npy.rs
  'no matrix of vectors in it',
  'no array {name} in it',
  'it holds {0}, not numbers',
  'its columns come before its rows (Fortran order)',
  '{name} unpacks to {0} times its size',
  // read/vectors/projector.rs
  'it is not a whole number of 4-byte numbers',
  'how many rows it has is not told; put its projector_config.json or metadata.tsv beside it',
  'its shape is said to be {shape}, but it holds {numbers} numbers',
  // read/vectors/safetensors.rs
  "{count} tensors: a model's weights rather than vectors",
  'no tensor {name} in it',
  'numbers of type {0} are not read',
  // read/xlsx.rs
  '{name} claims {claimed} strings in {0}',
  // scan.rs
  'no files in it',
  'a link to a folder, not followed',
  // table.rs
  'not a table',
  '{0} columns, at most {COLUMNS}',
  // table/arrow.rs
  'Arrow',
  'a message in it is damaged',
  'a batch that unpacks to more than {0}',
  // table/cell.rs
  '{0}, … ({1} numbers)',
  // table/columns.rs
  'no column of text, pictures or vectors',
  'it has no column named {name}',
  // table/dialect.rs
  'separated by spaces',
  'one column',
  'quoted',
  'not quoted',
  'with a header',
  'without a header',
  'column {0}',
  // table/json.rs
  'JSON lines',
  'enough was read',
  'no line is',
  '{bad} of {row} lines are not',
  '{what} a JSON object or string, first at line {first_bad}',
  'a line of more than {0}',
  'a list',
  'no element is',
  '{bad} of {number} are not',
  '{what} an object or string',
  'one element is larger than the limit of text',
  // table/parquet.rs
  'Parquet',
  // table/plain.rs
  'more than {most} rows',
  'it has no rows',
  // table/sqlite.rs
  'no table in it',
  'it has no table named {wanted}',
  'SQLite, table {table}',
  'its path is not UTF-8',
  // xml.rs
  'elements nested deeper than {0}',
  'it ends inside an element',
] as const;
