// build.mjs - bundles the page: web/src -> web/dist, the same bytes from the same sources.
//
//   node build.mjs           writes dist/
//   node build.mjs --check   builds in memory and fails when dist/ differs
//
// Hashed names for scripts and styles; index.html names them. For each file that gets smaller there
// is NAME.gz and NAME.br, which the program embeds beside the file itself.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';
import { sprite } from './sprite.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

/** Every file of the page by its name in dist/. */
async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { main: 'src/main.js', page: 'src/styles/page.css', layout: 'src/graph/layout_worker.js', theme: 'src/app/theme.js' },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    outdir: 'dist',
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    assetNames: '[name]-[hash]',
    metafile: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const files = new Map();
  const entries = {};

  for (const [path, output] of Object.entries(result.metafile.outputs))
    if (output.entryPoint) entries[output.entryPoint] = path.slice('dist/'.length);
  for (const file of result.outputFiles) files.set(file.path.slice(dist.length + 1), Buffer.from(file.contents));

  const page = readFileSync(join(here, 'src/index.html'), 'utf8')
    .replace('{{styles}}', `/${entries['src/styles/page.css']}`)
    .replace('{{script}}', `/${entries['src/main.js']}`)
    .replace('{{theme}}', `/${entries['src/app/theme.js']}`)
    .replace('{{layout}}', `/${entries['src/graph/layout_worker.js']}`)
    .replace('{{sprite}}', sprite(here));

  files.set('index.html', Buffer.from(page));
  files.set('licenses.txt', Buffer.from(licenses(result.metafile.inputs)));
  files.set('icon.svg', readFileSync(join(here, 'src/icon.svg')));
  return files;
}

/** What the bundled packages want to be passed on with them. */
function licenses(inputs) {
  const names = new Set(Object.keys(inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));

  names.add('bootstrap-icons');
  return [...names].sort().map((name) => {
    const folder = join(here, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));

    return `${name} ${version}\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : 'see its package'}\n`;
  }).join(`\n${'-'.repeat(72)}\n\n`);
}

/** The file itself and its compressed forms where they are smaller. */
function forms(name, bytes) {
  const all = [[name, bytes]];
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

  gzip[9] = 255; // the operating system: unknown, so that the bytes don't tell where it was built
  if (gzip.length < bytes.length) all.push([`${name}.gz`, gzip]);
  if (brotli.length < bytes.length) all.push([`${name}.br`, brotli]);
  return all;
}

/** What a file holds: compressors of other versions may give other bytes for the same. */
function content(name, bytes) {
  return name.endsWith('.gz') ? gunzipSync(bytes) : name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes;
}

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function check(files) {
  const wanted = [...files].flatMap(([name, bytes]) => forms(name, bytes));
  const present = new Set(existsSync(dist) ? readdirSync(dist) : []);
  const wrong = [];

  for (const [name, bytes] of wanted) {
    if (!present.delete(name)) wrong.push(`${name} is missing`);
    else if (hash(content(name, readFileSync(join(dist, name)))) !== hash(content(name, bytes)))
      wrong.push(`${name} differs`);
  }
  for (const name of present) wrong.push(`${name} is made by no source`);
  return wrong;
}

const files = await bundle();

if (process.argv.includes('--check')) {
  const wrong = check(files);

  for (const line of wrong) console.error(`web/dist: ${line}: run "npm run build" in web/ and commit dist/`);
  console.log(wrong.length ? 'web/dist is not what web/src gives' : `web/dist is what web/src gives (${files.size} files)`);
  process.exit(wrong.length ? 1 : 0);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
let total = 0;
for (const [name, bytes] of files) {
  for (const [form, content_] of forms(name, bytes)) writeFileSync(join(dist, form), content_);
  const size = gzipSync(bytes, { level: 9 }).length;

  total += size;
  console.log(`${name.padEnd(28)} ${String(bytes.length).padStart(8)}  gzip ${String(size).padStart(7)}`);
}
console.log(`${'all'.padEnd(28)} ${''.padStart(8)}  gzip ${String(total).padStart(7)}`);
