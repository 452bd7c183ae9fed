/** What ships inside other packages or beside them and stands in no lock file: libraries in C, fonts. */
import { readFileSync } from 'node:fs';

export function inside(root, crates) {
  const within = (crate) => crates.find(({ name }) => name === crate).folder;
  const sqlite = readFileSync(`${within('libsqlite3-sys')}/sqlite3/sqlite3.h`, 'utf8');
  const webview = readFileSync(`${within('webview2-com-sys')}/x64/WebView2Loader.dll`, 'utf16le');
  const inter = readFileSync(`${root}/assets/fonts/OFL.txt`, 'utf8');
  return [
    {
      name: 'SQLite',
      version: /#define SQLITE_VERSION\s+"([^"]+)"/.exec(sqlite)[1],
      licence: 'blessing',
      authors: [],
      from: 'libsqlite3-sys',
      // Its licence stands at the head of each of its files.
      files: [['sqlite3.h', /(?<=\/\*)[\s\S]*?(?=\*{9})/.exec(sqlite)[0].replace(/^\*\* ?/gm, '')]],
    },
    {
      name: 'WebView2 Loader',
      version: /FileVersion\0+([\d.]+)/.exec(webview)[1],
      licence: 'BSD-3-Clause',
      authors: ['Microsoft Corporation'],
      from: 'webview2-com-sys',
      files: [],
    },
    {
      name: 'Inter',
      version: /Inter (\d+\.\d+)/.exec(inter)[1],
      licence: 'OFL-1.1',
      authors: [],
      from: 'assets/fonts',
      files: [['OFL.txt', inter]],
    },
  ];
}
