// Builds everything the console ships to a browser into ../static/console/build.
// `npm run build` once, `npm run watch` while working on styles or scripts.
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import * as sass from 'sass';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const modules = join(root, 'node_modules');
const out = join(here, '../static/console/build');

// Chromium 109 is the last for Windows 7, Firefox ESR 115 likewise (adr/0003).
const FLOOR = ['chrome109', 'firefox115', 'safari16.4'];
// What a list page loads, gzipped: the goal and the point where the build fails.
const BUDGET_KB = 80;
const LIMIT_KB = 150;
const LIST_PAGE = ['base.css', 'console.css', 'htmx.js', 'console.js'];
// Syntax the floor does not know. esbuild lowers nesting; the others have no fallback.
const ABOVE_FLOOR = /color-mix\(|oklch\(|oklab\(|:has\(|@layer|@property|@container|anchor\(/;

const banner = (name, licence) => `/*! ${name} | ${licence} | see THIRD-PARTY.txt */\n`;

async function styles(name) {
  const source = join(here, 'styles', `${name}.scss`);
  const { css } = sass.compile(source, {
    style: 'expanded',
    loadPaths: [modules],
    quietDeps: true,
    silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
  });
  const { outputFiles } = await bundle({
    stdin: { contents: css, loader: 'css', resolveDir: here },
    minify: true,
    write: false,
    target: FLOOR,
    legalComments: 'none',
  });
  const text = outputFiles[0].text;
  const found = text.match(ABOVE_FLOOR);
  if (found) throw new Error(`${name}.css uses ${found[0]}, which is above the browser floor`);
  const head = name === 'base' ? banner('Bootstrap 5.3.9 (subset)', 'MIT') : '';
  await writeFile(join(out, `${name}.css`), head + text);
}

async function scripts() {
  await bundle({
    entryPoints: [join(here, 'scripts/console.js'), join(here, 'scripts/print.js')],
    outdir: out,
    bundle: true,
    minify: true,
    format: 'iife',
    target: FLOOR,
    legalComments: 'none',
  });
  const htmx = await readFile(join(modules, 'htmx.org/dist/htmx.min.js'), 'utf8');
  const bare = htmx.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
  await writeFile(join(out, 'htmx.js'), banner('htmx 4.0.1', '0BSD') + bare);
}

async function icons() {
  const names = JSON.parse(await readFile(join(here, 'icons.json'), 'utf8'));
  const symbols = await Promise.all(
    Object.entries(names).map(async ([name, tabler]) => {
      const file = join(modules, '@tabler/icons/icons/outline', `${tabler}.svg`);
      const svg = await readFile(file, 'utf8').catch(() => {
        throw new Error(`icons.json: Tabler has no icon "${tabler}" (for "${name}")`);
      });
      const shapes = svg
        .replace(/^[\s\S]*?<svg[^>]*>/, '')
        .replace('</svg>', '')
        .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '')
        .replace(/\s*\n\s*/g, '')
        .trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  const notice = '<!-- Tabler Icons 3.51.0, MIT, see THIRD-PARTY.txt -->';
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${notice}${symbols.join('')}</svg>\n`;
  await writeFile(join(out, 'icons.svg'), sprite);
}

async function notices() {
  const shipped = {
    'bootstrap 5.3.9': 'bootstrap/LICENSE',
    'htmx.org 4.0.1': 'htmx.org/LICENSE',
    '@tabler/icons 3.51.0': '@tabler/icons/LICENSE',
  };
  const texts = await Promise.all(
    Object.entries(shipped).map(async ([name, path]) => {
      const text = await readFile(join(modules, path), 'utf8');
      return `${name}\n${'='.repeat(name.length)}\n\n${text.trim()}\n`;
    }),
  );
  await writeFile(join(out, 'THIRD-PARTY.txt'), texts.join('\n\n'));
}

async function budget() {
  let total = 0;
  for (const name of [...LIST_PAGE, 'icons.svg', 'print.css']) {
    const size = gzipSync(await readFile(join(out, name)), { level: 9 }).length / 1024;
    if (LIST_PAGE.includes(name)) total += size;
    console.log(`${name.padEnd(14)} ${size.toFixed(1).padStart(6)} KB gz`);
  }
  console.log(`${'list page'.padEnd(14)} ${total.toFixed(1).padStart(6)} KB gz (goal ${BUDGET_KB})`);
  if (total > LIMIT_KB) throw new Error(`A list page loads more than ${LIMIT_KB} KB`);
  if (total > BUDGET_KB) console.warn(`Over the goal of ${BUDGET_KB} KB`);
}

async function build() {
  await mkdir(out, { recursive: true });
  await Promise.all([styles('base'), styles('console'), styles('print'), scripts(), icons(), notices()]);
  await copyFile(join(here, 'favicon.svg'), join(out, 'favicon.svg'));
  await budget();
}

async function main() {
  await rm(out, { recursive: true, force: true });
  await build();
  if (!process.argv.includes('--watch')) return;
  let pending;
  watch(here, { recursive: true }, () => {
    clearTimeout(pending);
    pending = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
  });
}

await main();
