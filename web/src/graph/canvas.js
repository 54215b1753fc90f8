// canvas.js - the graph on an SVG element: drawn once for a topology, then only texts and classes change.
//
// One tab stop; arrows move along the edges, Enter opens, + - 0 zoom, F fits, Escape lets go. Above
// MANY nodes only what is in view is in the document.
import { UNKNOWN, milliseconds, short } from '../app/format.js';
import { text } from '../app/text.js';
import { fillKind } from '../parts/gauge.js';
import { cardElement, frameElement, lineElement, make, setClass, setText } from './canvas_parts.js';
import { listen } from './canvas_input.js';
import { MANY } from './groups.js';
import { CARD, CARD_EDITOR, CARD_PHONE, bedWidth, edgeOf } from './shapes.js';

/** With more in view than that each node is but a box, and all boxes are one shape. */
const CROWD = 300;
const ZOOM_MIN = 0.05;
const ZOOM_MAX = 2.5;
/** Below this zoom labels hide, and below that one names too. */
const LABEL_ZOOM = 0.5;
const NAME_ZOOM = 0.35;
/** Around the graph when all of it is shown; search and tools are above and below. */
const MARGIN = 48;
const MARGIN_PHONE = 16;
const MARGIN_TOP = 64;
const MARGIN_BOTTOM = 64;

/**
 * @typedef {object} CanvasOptions
 * @property {(name: string | null) => void} [onSelect]
 * @property {(name: string) => void} [onOpen]
 * @property {(name: string, place: [number, number]) => void} [onMove] nodes can be dragged
 * @property {(from: string, to: string) => void} [onConnect] ports are shown; dragging from one to a node joins them
 * @property {(name: string) => void} [onSelectEdge]
 * @property {(key: string, isOpen: boolean) => void} [onFold] a group is to be opened or folded
 * @property {(view: { zoom: number }) => void} [onView]
 * @property {boolean} [isEditor] nothing live is shown
 */

export class Canvas {
  /** @param {SVGSVGElement} svg @param {CanvasOptions} options */
  constructor(svg, options = {}) {
    this.svg = svg;
    this.options = options;
    this.size = options.isEditor ? CARD_EDITOR : innerWidth < 576 ? CARD_PHONE : CARD;
    /** @type {'LR' | 'TB'} */
    this.direction = 'LR';
    /** @type {import('./model.js').GraphModel} */
    this.model = { nodes: [], edges: [] };
    /** @type {import('./layout.js').Places} */
    this.places = {};
    /** @type {Map<string, any>} */
    this.cards = new Map();
    /** @type {Map<string, any>} */
    this.lines = new Map();
    this.selected = /** @type {string | null} */ (null);
    this.selectedEdge = /** @type {string | null} */ (null);
    this.focused = /** @type {string | null} */ (null);
    this.view = { x: 0, y: 0, zoom: 1 };
    this.live = /** @type {any} */ (null);
    this.frame = 0;
    this.world = make('g', { class: 'world' });
    this.frameLayer = make('g');
    this.edgeLayer = make('g');
    this.nodeLayer = make('g');
    this.overLayer = make('g');
    this.crowd = { edges: make('path', { class: 'crowd-edges' }), nodes: make('path', { class: 'crowd-nodes' }), failing: make('path', { class: 'crowd-failing' }) };
    this.crowdLayer = make('g', {}, ...Object.values(this.crowd));
    this.isCrowd = false;
    this.world.append(this.frameLayer, this.edgeLayer, this.nodeLayer, this.overLayer);
    svg.replaceChildren(this.world);
    listen(this);
    this.resizing = new ResizeObserver(() => this.showVisible());
    this.resizing.observe(svg);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.svg.replaceChildren();
  }

  /* ---- drawing ---- */

  /**
   * @param {import('./model.js').GraphModel} model @param {import('./layout.js').Places} places @param {'LR' | 'TB'} direction
   * @param {{ group: import('./groups.js').Group, box: { x: number, y: number, width: number, height: number } }[]} [frames] of open groups
   */
  draw(model, places, direction, frames = []) {
    const isFirst = this.model.nodes.length === 0 || this.direction !== direction;

    this.model = model;
    this.places = { ...places };
    this.direction = direction;
    this.cards.clear();
    this.lines.clear();
    this.edgeLayer.replaceChildren();
    this.nodeLayer.replaceChildren();
    this.frameLayer.replaceChildren(...frames.map(({ group, box }) => frameElement(group, box)));
    for (const node of model.nodes) this.cards.set(node.name, { node, group: null, isSeen: false });
    for (const edge of model.edges) if (this.cards.has(edge.from) && this.cards.has(edge.to)) this.lines.set(edge.name, { edge, group: null, isSeen: false });
    if (this.selected && !model.nodes.some((node) => this.isSelected(node))) this.selected = null;
    if (!this.focused || !this.cards.has(this.focused)) this.focused = model.nodes[0]?.name ?? null;
    if (isFirst) this.fit();
    else this.showVisible();
    this.mark();
  }

  /** Makes the elements of a card, when it is first seen. @param {any} card */
  makeCard(card) {
    const { isEditor, onConnect } = this.options;
    const { group, parts } = cardElement(card.node, this.size, this.direction, { isSmall: this.size === CARD_PHONE, isEditor: Boolean(isEditor), hasPorts: Boolean(onConnect) });

    Object.assign(card, { group, parts, base: `node node--${card.node.group ? 'group' : card.node.kind}${card.node.mark ? ` node--${card.node.mark}` : ''}`, tone: '' });
    this.moveCard(card);
    this.markCard(card);
  }

  /** Makes the elements of an edge, when it is first seen. @param {any} line */
  makeLine(line) {
    const { edge } = line;
    const { group, parts } = lineElement(edge.name, Boolean(this.options.onSelectEdge));

    Object.assign(line, { group, parts, middle: [0, 0], rate: '' });
    if (edge.mark) group.setAttribute('class', `edge edge--${edge.mark}`);
    else if (this.options.isEditor) group.setAttribute('class', 'edge edge--plain');
    this.moveLine(line);
    group.toggleAttribute('data-selected', edge.name === this.selectedEdge);
  }

  /** @param {any} card */
  moveCard(card) {
    const [x, y] = this.places[card.node.name] ?? [0, 0];

    card.group.setAttribute('transform', `translate(${x} ${y})`);
  }

  /** @param {any} line */
  moveLine(line) {
    const from = this.places[line.edge.from];
    const to = this.places[line.edge.to];

    if (!from || !to) return;
    const { path, head, middle } = edgeOf(from, to, this.size, this.direction);

    for (const part of ['bed', 'flow', 'hit']) line.parts[part].setAttribute('d', path);
    line.parts.head.setAttribute('d', head);
    line.middle = middle;
    this.placeTags(line);
  }

  /** @param {any} line */
  placeTags(line) {
    const [x, y] = line.middle;
    const [chip, label] = line.parts.label.children;
    const width = 14 + line.rate.length * 6.2;

    chip.setAttribute('x', x - width / 2);
    chip.setAttribute('y', y - 8);
    chip.setAttribute('width', width);
    label.setAttribute('x', x);
    label.setAttribute('y', y + 4);
    line.parts.pill.setAttribute('transform', `translate(${x - 29} ${y - 11})`);
  }

  /* ---- live ---- */

  /** At most once a frame, whatever comes. @param {any} live of liveDag() */
  setLive(live) {
    this.live = live;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.live) this.showLive(this.live);
    });
  }

  /** @param {any} live */
  showLive(live) {
    if (!live.row) return;
    const isRunning = live.row.state === 'running';

    if (this.isCrowd) this.crowd.failing.setAttribute('d', this.boxes((name) => (this.rowOf(name, live)?.[2] ?? 0) > 0));
    for (const card of this.cards.values()) if (card.isSeen) this.showCard(card, this.rowOf(card.node.name, live), live, isRunning);
    for (const line of this.lines.values()) if (line.isSeen) this.showLine(line, live, isRunning);
  }

  /** The counters of a node; of a group: what comes in, all errors, all that waits, the fullest queue. @param {string} name @param {any} live @returns {any[] | undefined} */
  rowOf(name, live) {
    const group = this.cards.get(name)?.node.group;

    if (!group) return live.nodes.get(name);
    /** @type {any[]} */
    const sum = [name, 0, 0, null, 0, 0, 0, null];
    let fill = -1;

    for (const member of group.members) {
      const row = live.nodes.get(member);

      if (!row) continue;
      sum[2] += row[2] ?? 0;
      sum[7] = row[7] === null ? sum[7] : Math.max(sum[7] ?? 0, row[7]);
      if (row[5] && row[4] / row[5] > fill) [fill, sum[4], sum[5]] = [row[4] / row[5], row[4], row[5]];
    }
    for (const member of group.entries) {
      const rate = live.nodes.get(member)?.[3];

      if (typeof rate === 'number') sum[3] = (sum[3] ?? 0) + rate;
    }
    return sum;
  }


  /** @param {any} card @param {any[] | undefined} row @param {any} live @param {boolean} isRunning */
  showCard(card, row, live, isRunning) {
    const errors = row?.[2] ?? 0;
    const rate = row ? row[3] : null;
    const fill = row && row[5] ? row[4] / row[5] : null;
    const state = live.row.state === 'failed' ? 'stopped' : !isRunning ? (live.row.state === 'suspended' ? 'suspended' : 'stopped') : errors > 0 ? 'failed' : 'running';

    const meta = errors > 0 ? text.graph.errors(short(errors)) : card.node.kind === 'source' ? (row && row[4] > 0 ? text.graph.waiting(short(row[4])) : '') : row && row[7] ? `${milliseconds(row[7])} ms` : row && row[4] > 0 ? text.graph.waiting(short(row[4])) : '';

    setText(card.parts.rate, rate === null ? UNKNOWN : `${short(rate)}/s`);
    setText(card.parts.meta, meta);
    setClass(card.parts.meta, errors > 0 ? 'node-meta node-meta--failed' : 'node-meta');
    const use = card.parts.state.firstChild;
    const glyph = `#g-${state === 'running' ? 'live' : state}`;

    if (use.getAttribute('href') !== glyph) use.setAttribute('href', glyph);
    setClass(card.parts.state, `node-state tone-${state}`);
    card.tone = errors > 0 ? ' node--failed' : '';
    this.classOf(card);
    this.labelCard(card, [text.states[state] ?? state, fill === null ? '' : text.graph.fill(Math.round(fill * 100))]);
  }

  /** @param {any} line @param {any} live @param {boolean} isRunning */
  showLine(line, live, isRunning) {
    let rate = /** @type {number | null} */ (null);
    let fill = /** @type {number | null} */ (null);

    for (const edge of line.edge.parts ?? [line.edge]) {
      const row = live.edges.get(edge.name);
      const target = live.nodes.get(edge.to);

      if (typeof row?.[2] === 'number') rate = (rate ?? 0) + row[2];
      if (target?.[5]) fill = Math.max(fill ?? 0, target[4] / target[5]);
    }
    const kind = fillKind(fill);
    const shown = kind !== 'ok' && isRunning ? kind : rate && isRunning ? 'ok' : 'idle';

    setClass(line.group, `edge edge--${shown}`);
    const width = bedWidth(rate).toFixed(1);

    if (line.width !== width) {
      line.width = width;
      line.parts.bed.setAttribute('stroke-width', width);
      line.parts.flow.setAttribute('stroke-width', String(Math.max(1.5, Number(width) * (shown === 'full' ? 0.72 : 0.42))));
    }
    const label = rate ? `${short(rate)}/s` : '';

    if (label !== line.rate) {
      line.rate = label;
      setText(line.parts.label.children[1], label);
      this.placeTags(line);
    }
    const wanted = shown === 'busy' || shown === 'full' ? line.parts.pill : label ? line.parts.label : null;

    if (wanted === line.parts.pill) {
      const [, mark, percent] = line.parts.pill.children;

      setClass(line.parts.pill, `edge-fill edge-fill--${shown}`);
      mark.setAttribute('x', 7);
      mark.setAttribute('y', 5);
      mark.firstChild.setAttribute('href', `#g-${shown}`);
      percent.setAttribute('x', 51);
      percent.setAttribute('y', 15);
      setText(percent, `${Math.round((fill ?? 0) * 100)}%`);
    }
    for (const tag of [line.parts.label, line.parts.pill]) {
      if (tag === wanted && tag.parentNode !== line.group) line.group.append(tag);
      else if (tag !== wanted && tag.parentNode === line.group) tag.remove();
    }
  }

  /** @param {any} card */
  classOf(card) {
    setClass(card.group, card.base + card.tone + (this.isSelected(card.node) ? ' node--selected' : ''));
  }

  /** A folded group is chosen with any of its members. @param {import('./model.js').GraphNode} node */
  isSelected(node) {
    return this.selected !== null && (node.name === this.selected || node.group?.members.includes(this.selected) === true);
  }

  /* ---- selection and focus ---- */

  /** @param {string | null} name @param {{ focus?: boolean, reveal?: boolean }} [how] */
  select(name, how = {}) {
    this.selected = name;
    this.selectedEdge = null;
    if (name && this.cards.has(name)) this.focused = name;
    this.mark();
    if (name && how.reveal) this.reveal(name);
    if (name && how.focus) this.focus(name);
  }

  /** @param {string | null} name */
  selectEdge(name) {
    this.selected = null;
    this.selectedEdge = name;
    this.mark();
  }

  mark() {
    for (const card of this.cards.values()) if (card.group) this.markCard(card);
    for (const line of this.lines.values()) line.group?.toggleAttribute('data-selected', line.edge.name === this.selectedEdge);
  }

  /** @param {any} card */
  markCard(card) {
    card.group.setAttribute('tabindex', card.node.name === this.focused ? '0' : '-1');
    if (!card.label) this.labelCard(card, []);
    this.classOf(card);
  }

  /** What stands on the card, as it stands there, and then what only its colours tell. @param {any} card @param {string[]} more */
  labelCard(card, more) {
    const shown = [...card.group.querySelectorAll('title, text')].map((part) => part.textContent).filter(Boolean);
    const label = [shown.join(' '), ...more].filter(Boolean).join(', ');

    if (card.label !== label) card.group.setAttribute('aria-label', (card.label = label));
  }

  /** @param {string} name */
  focus(name) {
    const card = this.cards.get(name);

    if (!card) return;
    this.focused = name;
    if (this.isCrowd) this.look({ ...this.view, zoom: 1 });
    this.reveal(name);
    this.showVisible();
    this.mark();
    card.group.focus({ preventScroll: true });
  }

  /** The nearest node along the edges. @param {string} name @param {string} key */
  neighbour(name, key) {
    const isAcross = this.direction === 'LR';
    const along = isAcross ? { ArrowRight: 'out', ArrowLeft: 'in' } : { ArrowDown: 'out', ArrowUp: 'in' };
    const way = along[/** @type {keyof typeof along} */ (key)];
    const axis = isAcross ? 1 : 0;
    const at = this.places[name] ?? [0, 0];
    const near = (/** @type {string[]} */ names) =>
      names
        .filter((other) => other !== name && this.places[other])
        .sort((a, b) => Math.abs(this.places[a][axis] - at[axis]) - Math.abs(this.places[b][axis] - at[axis]))[0];

    if (way === 'out') return near(this.model.edges.filter((edge) => edge.from === name).map((edge) => edge.to));
    if (way === 'in') return near(this.model.edges.filter((edge) => edge.to === name).map((edge) => edge.from));
    const isForward = key === 'ArrowDown' || key === 'ArrowRight';
    const beside = this.model.nodes
      .map((node) => node.name)
      .filter((other) => this.places[other] && Math.abs(this.places[other][1 - axis] - at[1 - axis]) < (isAcross ? this.size.width : this.size.height))
      .filter((other) => (isForward ? this.places[other][axis] > at[axis] : this.places[other][axis] < at[axis]));

    return near(beside);
  }

  /* ---- view ---- */

  box() {
    let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];

    for (const [x, y] of Object.values(this.places)) {
      x1 = Math.min(x1, x);
      y1 = Math.min(y1, y);
      x2 = Math.max(x2, x + this.size.width);
      y2 = Math.max(y2, y + this.size.height);
    }
    return Number.isFinite(x1) ? { x: x1, y: y1, width: x2 - x1, height: y2 - y1 } : { x: 0, y: 0, width: 1, height: 1 };
  }

  /** The whole graph, or a part of it. */
  fit(box = this.box()) {
    const { clientWidth: width, clientHeight: height } = this.svg;

    if (!width || !height) {
      requestAnimationFrame(() => this.svg.isConnected && this.fit(box));
      return;
    }
    const side = width < 576 ? MARGIN_PHONE : MARGIN;
    const room = height - MARGIN_TOP - MARGIN_BOTTOM;
    const zoom = Math.max(ZOOM_MIN, Math.min(1, (width - 2 * side) / box.width, room / box.height));

    this.look({ zoom, x: width / 2 - (box.x + box.width / 2) * zoom, y: MARGIN_TOP + room / 2 - (box.y + box.height / 2) * zoom });
  }

  /** @param {number} factor @param {[number, number]} [at] in pixels of the element */
  zoomBy(factor, at = [this.svg.clientWidth / 2, this.svg.clientHeight / 2]) {
    const zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, this.view.zoom * factor));
    const ratio = zoom / this.view.zoom;

    this.look({ zoom, x: at[0] - (at[0] - this.view.x) * ratio, y: at[1] - (at[1] - this.view.y) * ratio });
  }

  /** @param {{ x: number, y: number, zoom: number }} view */
  look(view) {
    this.view = view;
    this.world.setAttribute('transform', `translate(${view.x.toFixed(1)} ${view.y.toFixed(1)}) scale(${view.zoom.toFixed(4)})`);
    this.svg.classList.toggle('graph--far', view.zoom < LABEL_ZOOM);
    this.svg.classList.toggle('graph--farther', view.zoom < NAME_ZOOM);
    this.showVisible();
    this.options.onView?.(view);
  }

  /** @param {string} name */
  reveal(name) {
    const place = this.places[name];

    if (!place) return;
    const { x, y, zoom } = this.view;
    const { clientWidth: width, clientHeight: height } = this.svg;
    const [left, top] = [place[0] * zoom + x, place[1] * zoom + y];
    const isIn = left >= 8 && top >= 8 && left + this.size.width * zoom <= width - 8 && top + this.size.height * zoom <= height - 8;

    if (!isIn) this.look({ zoom, x: width / 2 - (place[0] + this.size.width / 2) * zoom, y: height / 2 - (place[1] + this.size.height / 2) * zoom });
  }

  /** The group that a card stands for. @param {string | null | undefined} name @returns {import('./groups.js').Group | undefined} */
  groupOf(name) {
    return name ? this.cards.get(name)?.node.group : undefined;
  }

  /** Goes near enough to read a node. @param {string} name */
  near(name) {
    const [x, y] = this.places[name] ?? [0, 0];
    const zoom = Math.max(this.view.zoom, LABEL_ZOOM);

    this.look({ zoom, x: this.svg.clientWidth / 2 - (x + this.size.width / 2) * zoom, y: this.svg.clientHeight / 2 - (y + this.size.height / 2) * zoom });
  }

  /** Goes near enough to read a node, and chooses it. @param {string} name */
  approach(name) {
    const [x, y] = this.places[name];

    this.look({ zoom: 1, x: this.svg.clientWidth / 2 - (x + this.size.width / 2), y: this.svg.clientHeight / 2 - (y + this.size.height / 2) });
    if (this.groupOf(name)) {
      this.focus(name);
      return;
    }
    this.select(name, { focus: true });
    this.options.onSelect?.(name);
  }

  /** What is seen of the world. */
  window() {
    const { x, y, zoom } = this.view;

    return { x: -x / zoom, y: -y / zoom, width: this.svg.clientWidth / zoom, height: this.svg.clientHeight / zoom };
  }

  /** Puts in the document what is in view; all of it up to MANY nodes. */
  showVisible() {
    const seen = this.window();
    const isAll = this.cards.size <= MANY;
    const isIn = (/** @type {string} */ name) => {
      const [x, y] = this.places[name] ?? [0, 0];

      return isAll || (x + this.size.width > seen.x - 60 && x < seen.x + seen.width + 60 && y + this.size.height > seen.y - 60 && y < seen.y + seen.height + 60);
    };

    let isNew = false;

    this.showCrowd(!isAll && this.model.nodes.filter((node) => isIn(node.name)).length > CROWD);
    for (const card of this.cards.values()) {
      const isSeen = (!this.isCrowd && isIn(card.node.name)) || (card.group !== null && document.activeElement === card.group);

      if (isSeen === card.isSeen) continue;
      card.isSeen = isSeen;
      isNew ||= isSeen;
      if (isSeen && !card.group) this.makeCard(card);
      isSeen ? this.nodeLayer.append(card.group) : card.group.remove();
    }
    for (const line of this.lines.values()) {
      const isSeen = this.cards.get(line.edge.from).isSeen || this.cards.get(line.edge.to).isSeen;

      if (isSeen === line.isSeen) continue;
      line.isSeen = isSeen;
      if (isSeen && !line.group) this.makeLine(line);
      isSeen ? this.edgeLayer.append(line.group) : line.group.remove();
    }
    if (isNew && this.live) this.setLive(this.live);
  }

  /** All nodes as boxes, instead of cards that nobody could read. @param {boolean} isCrowd */
  showCrowd(isCrowd) {
    if (isCrowd === this.isCrowd && this.crowdOf === this.model) return;
    this.isCrowd = isCrowd;
    this.crowdOf = this.model;
    this.svg.setAttribute('tabindex', isCrowd ? '0' : '-1');
    if (!isCrowd) {
      this.crowdLayer.remove();
      return;
    }
    this.world.prepend(this.crowdLayer);
    this.crowd.edges.setAttribute('d', this.model.edges.map((edge) => edgeOf(this.places[edge.from], this.places[edge.to], this.size, this.direction).path).join(''));
    this.crowd.nodes.setAttribute('d', this.boxes(() => true));
    this.crowd.failing.setAttribute('d', '');
  }

  /** @param {(name: string) => boolean} which */
  boxes(which) {
    const { width, height } = this.size;

    return Object.entries(this.places).map(([name, [x, y]]) => (which(name) ? `M${x} ${y}h${width}v${height}h${-width}z` : '')).join('');
  }

  /* ---- places ---- */

  /** @param {PointerEvent | WheelEvent} event @returns {[number, number]} */
  point(event) {
    const box = this.svg.getBoundingClientRect();

    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {[number, number]} point of the element @returns {[number, number]} */
  toWorld(point) {
    return [(point[0] - this.view.x) / this.view.zoom, (point[1] - this.view.y) / this.view.zoom];
  }

  /* ---- editing ---- */

  /** @param {string} name @param {[number, number]} place */
  moveNode(name, place) {
    this.places[name] = place;
    this.moveCard(this.cards.get(name));
    for (const line of this.lines.values()) if (line.group && (line.edge.from === name || line.edge.to === name)) this.moveLine(line);
  }

  /** The edge that is being drawn. @param {string} from @param {[number, number]} at */
  drawLoose(from, at) {
    const isAcross = this.direction === 'LR';
    const to = /** @type {[number, number]} */ (isAcross ? [at[0] + 8, at[1] - this.size.height / 2] : [at[0] - this.size.width / 2, at[1] + 8]);

    this.overLayer.replaceChildren(make('path', { class: 'edge-loose', d: edgeOf(this.places[from], to, this.size, this.direction).path }));
  }

  /** @param {[number, number]} at */
  nodeAt(at) {
    return this.model.nodes.find((node) => {
      const [x, y] = this.places[node.name] ?? [Infinity, Infinity];

      return at[0] >= x && at[0] <= x + this.size.width && at[1] >= y && at[1] <= y + this.size.height;
    })?.name;
  }
}
