// The program and each worker entry as scripts: what is loaded later is a script of its own, and so is what several of
// them share, so that who moves files on one machine does not load what speaks to buckets.
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { exportsAsValues } from './exports.ts';

const source = join(import.meta.dirname, '../src');
const small = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none' } as const;

export type Piece = { readonly name: string; readonly code: string };

/** What `entry` and all that it may load come to, each a function of `require` and `module`. */
export async function bundle(entry: string): Promise<Piece[]> {
  const { outputFiles } = await build({
    entryPoints: [join(source, entry)],
    write: false,
    bundle: true,
    splitting: true,
    outdir: 'made',
    platform: 'node',
    format: 'esm',
    target: 'node26',
    // Where a file is, is only asked when it runs from the sources.
    define: { 'import.meta.url': '""', 'import.meta.dirname': '""', __dirname: '""' },
    // ssh2 does without, here as where it is run from the sources: nothing was compiled when it was installed.
    external: ['cpu-features', '*/sshcrypto.node'],
    logLevel: 'warning',
    legalComments: 'none',
  });
  return Promise.all(
    outputFiles.map(async ({ path, text }) => ({ name: basename(path), code: await script(text) })),
  );
}

/** CommonJS, because it loads what Node itself brings as late as the sources do: 13 ms less to start. */
async function script(module: string): Promise<string> {
  const how = {
    format: 'cjs',
    platform: 'node',
    target: 'node26',
    supported: { 'dynamic-import': false },
  } as const;
  const { code } = await transform(exportsAsValues(module), { ...how, ...small });
  return `(function (require, module) {${loader(code)}${late(straight(code))}})`;
}

/** The executable's own `require` knows only what Node brings; better-sqlite3 loads its addon with this one. */
function loader(code: string): string {
  const name = '__non_webpack_require__';
  return code.includes(name) ? `const ${name} = require('module').createRequire(process.execPath);` : '';
}

/** Has the parts of Node that take milliseconds to load loaded when first used: 15 ms less for a worker. */
function late(code: string): string {
  const define =
    'const __late = (name) => { let part; return new Proxy({}, { get: (_, key) => (part ??= require(name))[key] }); };';
  const slow =
    /\b(import_\w+=(?:\{default:)?)require\("(node:(?:crypto|zlib|child_process|fs\/promises|http|https|readline|tls|tty|v8))"\)/g;
  const changed = code.replace(slow, '$1__late("$2")');
  return changed === code ? code : define + changed;
}

/** What Node brings as it is, not a copy of it with a getter for each member: to make that one loads what was to be loaded late. */
function straight(code: string): string {
  const copied = /\b(\w+)=__toESM\((require\("node:[\w/]+"\))(?:,1)?\)/g;
  return code.replace(copied, (as_is, name: string, part: string) => {
    if (!code.includes(`${name}.default`)) return `${name}=${part}`;
    const isOnlyDefault = !new RegExp(`\\b${name}\\.(?!default\\b)`).test(code);
    return isOnlyDefault ? `${name}={default:${part}}` : as_is;
  });
}
