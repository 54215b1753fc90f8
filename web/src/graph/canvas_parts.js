// canvas_parts.js - the SVG elements of cards, edges and frames.
import { text } from '../app/text.js';
import { cardPath, cut } from './shapes.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Texts within are apart by blanks, for those who hear them. @param {string} name @param {Record<string, any>} attributes @param {...any} children */
export function make(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);

  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @param {Element} element @param {string} value */
export function setText(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** @param {Element} element @param {string} value */
export function setClass(element, value) {
  if (element.getAttribute('class') !== value) element.setAttribute('class', value);
}

/**
 * @param {import('./model.js').GraphNode} node @param {{ width: number, height: number, rule: number }} size @param {'LR' | 'TB'} direction
 * @param {{ isSmall: boolean, isEditor: boolean, hasPorts: boolean }} how
 */
export function cardElement(node, size, direction, { isSmall, isEditor, hasPorts }) {
  const { width, height, rule } = size;
  const name = node.group ? node.group.label : node.name;
  const note = node.group ? text.graph.members(node.group.members.length) : node.note;
  const shape = (/** @type {number} */ grow) => cardPath(width, height, node.kind, direction, grow);
  const parts = {
    type: make('text', { class: 'node-type', x: isSmall ? 34 : 38, y: isSmall ? 40 : 37 }, cut(note, isSmall ? 11 : isEditor ? 19 : 17)),
    state: make('svg', { class: 'node-state', x: width - (isSmall ? 18 : 25), y: isSmall ? 7 : 11, width: isSmall ? 11 : 13, height: isSmall ? 11 : 13 }, make('use', { href: '#g-unknown' })),
    rate: make('text', { class: 'node-rate', x: 14, y: 68.5 }),
    meta: make('text', { class: 'node-meta', x: width - 12, y: 68.5 }),
  };
  const plates = node.group ? [8, 4].map((by) => make('path', { class: 'node-plate', d: shape(0), transform: `translate(${by} ${by})` })) : [];
  const group = /** @type {SVGGElement} */ (
    make(
      'g',
      { class: 'node', role: 'button', tabindex: -1, 'data-node': node.name, 'aria-expanded': node.group ? 'false' : undefined },
      ...plates,
      make('path', { class: 'node-ring', d: shape(4), transform: 'translate(-4 -4)' }),
      make('path', { class: 'node-body', d: shape(0) }),
      make('svg', { class: 'node-kind', x: 13, y: isSmall ? 12 : 10, width: 16, height: 16 }, make('use', { href: `#i-${node.icon}` })),
      make('text', { class: 'node-name', x: isSmall ? 34 : 38, y: isSmall ? 22 : 21 }, cut(name, isSmall ? 9 : isEditor ? 14 : 12)),
      ' ',
      parts.type,
    )
  );

  if (group.querySelector('.node-name')?.textContent !== name || parts.type.textContent !== note) group.prepend(make('title', {}, `${name} · ${note}`), ' ');
  if (!isEditor) group.append(parts.state);
  if (rule) group.append(make('path', { class: 'node-rule', d: `M.5 ${rule}H${width - 0.5}` }), ' ', parts.rate, ' ', parts.meta);
  if (hasPorts) {
    const isAcross = direction === 'LR';
    const out = { cx: isAcross ? width : width / 2, cy: isAcross ? height / 2 : height };
    const into = { cx: isAcross ? 0 : width / 2, cy: isAcross ? height / 2 : 0 };

    group.append(make('circle', { class: 'node-port', r: 5, ...into }));
    group.append(make('circle', { class: 'node-port node-port--out', r: 6, 'data-port': node.name, ...out }));
  }
  return { group, parts };
}

/** @param {string} name @param {boolean} canBeChosen */
export function lineElement(name, canBeChosen) {
  const parts = {
    bed: make('path', { class: 'edge-bed', 'stroke-width': 1.5 }),
    flow: make('path', { class: 'edge-flow', 'stroke-width': 1.5 }),
    head: make('path', { class: 'edge-head' }),
    hit: make('path', { class: 'edge-hit' }),
    label: make('g', { class: 'edge-tag' }, make('rect', { class: 'edge-chip', height: 16, rx: 8 }), make('text', { class: 'edge-label' })),
    pill: make('g', { class: 'edge-fill' }, make('rect', { class: 'edge-pill', width: 58, height: 22, rx: 11 }), make('svg', { width: 12, height: 12 }, make('use', {})), make('text', { class: 'edge-pill-text' })),
  };
  const group = make('g', { class: 'edge edge--idle', 'data-edge': name }, parts.bed, parts.flow, parts.head);

  if (canBeChosen) group.append(parts.hit);
  return { group, parts };
}

/** What is around the members of an open group; its head folds it. @param {import('./groups.js').Group} group @param {{ x: number, y: number, width: number, height: number }} box */
export function frameElement(group, box) {
  const label = text.graph.frame(group.label, group.members.length);
  const width = 46 + Math.min(label.length, 40) * 6.6;

  return make(
    'g',
    { class: 'frame', transform: `translate(${box.x} ${box.y})` },
    make('rect', { class: 'frame-box', width: box.width, height: box.height, rx: 14 }),
    make(
      'g',
      { class: 'frame-head', role: 'button', tabindex: 0, 'data-frame': group.key, 'aria-expanded': 'true', 'aria-label': text.graph.foldOne(label) },
      make('title', {}, text.graph.foldOne(label)),
      make('rect', { class: 'frame-chip', x: 10, y: 9, width: Math.min(width, box.width - 20), height: 26, rx: 13 }),
      make('svg', { class: 'frame-icon', x: 20, y: 15, width: 14, height: 14 }, make('use', { href: '#i-minus' })),
      make('text', { class: 'frame-label', x: 42, y: 26.5 }, cut(label, Math.max(6, Math.min(40, Math.floor((box.width - 66) / 6.6))))),
    ),
  );
}
