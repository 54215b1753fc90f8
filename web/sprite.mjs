// sprite.mjs - one SVG sprite of the icons that the page uses: those of bootstrap-icons by our
// names, and the glyphs of states, which are our own shapes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Our name -> that of bootstrap-icons. */
const icons = {
  account: 'person',
  add: 'plus-lg',
  back: 'chevron-left',
  calculator: 'calculator',
  check: 'check-lg',
  clone: 'copy',
  close: 'x-lg',
  code: 'code-slash',
  copy: 'clipboard',
  database: 'database',
  delete: 'trash',
  down: 'chevron-down',
  download: 'download',
  edit: 'pencil',
  eye: 'eye',
  file: 'file-earmark-text',
  filter: 'funnel',
  fit: 'fullscreen',
  help: 'question-circle',
  hide: 'eye-slash',
  layers: 'layers',
  history: 'clock-history',
  letters: 'envelope-exclamation',
  merge: 'sign-merge-right',
  minus: 'dash-lg',
  more: 'three-dots',
  next: 'chevron-right',
  parts: 'puzzle',
  pause: 'pause',
  publish: 'send',
  queue: 'list-columns-reverse',
  redo: 'arrow-clockwise',
  restart: 'arrow-repeat',
  search: 'search',
  server: 'hdd-stack',
  sigma: 'plus-slash-minus',
  sign_out: 'box-arrow-right',
  start: 'play',
  step: 'skip-end',
  suspend: 'pause',
  stop: 'stop',
  tap: 'activity',
  theme: 'circle-half',
  timer: 'stopwatch',
  tree: 'diagram-3',
  undo: 'arrow-counterclockwise',
  up: 'chevron-up',
  upload: 'upload',
  users: 'people',
};

/** Silhouettes of states on a 14 by 14 grid; "cut" lines are drawn in the colour of the ground. */
const glyphs = {
  live: '<circle cx="7" cy="7" r="4" fill="currentColor"/>',
  running: '<path d="M3.2 1.7v10.6l9.2-5.3z" fill="currentColor" stroke="currentColor" stroke-width="1" stroke-linejoin="round"/>',
  suspended: '<path d="M2.6 1.6h3.1v10.8H2.6zM8.3 1.6h3.1v10.8H8.3z" fill="currentColor"/>',
  stopped: '<path d="M2.3 2.3h9.4v9.4H2.3z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>',
  waiting:
    '<circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" stroke-width="1.5"/>' +
    '<path d="M7 3.9V7l2.1 1.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  warning:
    '<path d="M7 1.4 13.2 12.4H.8z" fill="currentColor" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/>' +
    '<path class="cut" d="M7 4.8v3.5M7 10.4v.01" stroke-width="1.6" stroke-linecap="round"/>',
  failed:
    '<path d="M4.4 1h5.2L13 4.4v5.2L9.6 13H4.4L1 9.6V4.4z" fill="currentColor"/>' +
    '<path class="cut" d="m4.9 4.9 4.2 4.2m0-4.2L4.9 9.1" stroke-width="1.6" stroke-linecap="round"/>',
  busy:
    '<path d="M7 1.2 12.8 7 7 12.8 1.2 7z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>' +
    '<path d="M1.6 7h10.8L7 12.4z" fill="currentColor"/>',
  full:
    '<path d="M7 .8 13.2 7 7 13.2.8 7z" fill="currentColor"/>' +
    '<path class="cut" d="M7 4v3.8M7 9.9v.01" stroke-width="1.6" stroke-linecap="round"/>',
  unknown: '<circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="1.4 2"/>',
  done: '<circle cx="7" cy="7" r="6" fill="currentColor"/><path class="cut" d="m4.4 7.2 1.8 1.8 3.4-3.8" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
};

/** The sprite, to be put into the page. */
export function sprite(here) {
  const symbols = [];

  for (const [name, source] of Object.entries(icons)) {
    const svg = readFileSync(join(here, 'node_modules/bootstrap-icons/icons', `${source}.svg`), 'utf8');
    const inner = svg
      .slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
      .replace(/\s*\n\s*/g, '')
      .replace(/ fill="currentColor"/g, '');

    symbols.push(`<symbol id="i-${name}" viewBox="0 0 16 16">${inner}</symbol>`);
  }
  for (const [name, inner] of Object.entries(glyphs))
    symbols.push(`<symbol id="g-${name}" viewBox="0 0 14 14">${inner}</symbol>`);
  return `<svg class="sprite" aria-hidden="true">${symbols.join('')}</svg>`;
}
