/** What a file is by the end of its name, for those who are shown it by a browser. */

const utf8 = '; charset=utf-8';

/** Where one name of a type is as good as another, the one that rclone gives. */
const types: Readonly<Record<string, string>> = {
  css: `text/css${utf8}`,
  csv: `text/csv${utf8}`,
  htm: `text/html${utf8}`,
  html: `text/html${utf8}`,
  ics: `text/calendar${utf8}`,
  js: `text/javascript${utf8}`,
  log: `text/plain${utf8}`,
  markdown: `text/markdown${utf8}`,
  md: `text/markdown${utf8}`,
  mjs: `text/javascript${utf8}`,
  text: `text/plain${utf8}`,
  tsv: `text/tab-separated-values${utf8}`,
  txt: `text/plain${utf8}`,
  vcf: `text/vcard${utf8}`,
  vtt: `text/vtt${utf8}`,
  xml: `text/xml${utf8}`,

  atom: 'application/atom+xml',
  epub: 'application/epub+zip',
  json: 'application/json',
  jsonld: 'application/ld+json',
  map: 'application/json',
  pdf: 'application/pdf',
  ps: 'application/postscript',
  rss: 'application/rss+xml',
  rtf: 'application/rtf',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  xhtml: 'application/xhtml+xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',

  apng: 'image/apng',
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp',

  aac: 'audio/aac',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',

  avi: 'video/x-msvideo',
  m3u8: 'application/vnd.apple.mpegurl',
  m4v: 'video/mp4',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  ogv: 'video/ogg',
  webm: 'video/webm',

  otf: 'font/otf',
  ttf: 'font/ttf',
  woff: 'font/woff',
  woff2: 'font/woff2',

  '7z': 'application/x-7z-compressed',
  bz2: 'application/x-bzip2',
  gz: 'application/gzip',
  rar: 'application/vnd.rar',
  tar: 'application/x-tar',
  tgz: 'application/gzip',
  xz: 'application/x-xz',
  zip: 'application/zip',
  zst: 'application/zstd',

  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  odp: 'application/vnd.oasis.opendocument.presentation',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odt: 'application/vnd.oasis.opendocument.text',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const byEnd: ReadonlyMap<string, string> = new Map(Object.entries(types));

/** As a header; none where the end of the name says nothing, and the service takes it for bytes. */
export function typeOf(key: string): Readonly<Record<string, string>> {
  const end = /[^/]\.(\w{1,11})$/.exec(key)?.[1];
  const type = end === undefined ? undefined : byEnd.get(end.toLowerCase());
  return type === undefined ? {} : { 'content-type': type };
}
