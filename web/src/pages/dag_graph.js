// dag_graph.js - the graph of a running DAG, with its tools, legend and small map.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { call, get, path } from '../app/api.js';
import { html } from '../app/html.js';
import { liveDag } from '../app/live.js';
import { place, setQuery } from '../app/router.js';
import { text } from '../app/text.js';
import { Canvas } from '../graph/canvas.js';
import { MANY, WAYS, bestWay, cardOf, fold, groupsOf } from '../graph/groups.js';
import { layoutOf } from '../graph/layout.js';
import { modelOfDetails } from '../graph/model.js';
import { Select } from '../parts/field.js';
import { FindNode } from './find_node.js';
import { Glyph, Icon } from '../parts/icon.js';
import { Empty } from '../parts/states.js';

const words = text.graph;

/** The way the graph runs, liked by the user. */
export function likedDirection() {
  return /** @type {'LR' | 'TB'} */ (localStorage.getItem('dagd.direction') === 'TB' || innerWidth < 576 ? 'TB' : 'LR');
}

/** Places of the layout, with those that somebody has moved. @param {any} layout of the server @param {'LR' | 'TB'} direction @param {import('../graph/layout.js').Places} places */
export function withMoved(layout, direction, places) {
  const moved = layout?.[direction] ?? {};

  for (const [name, at] of Object.entries(moved)) if (places[name] && Array.isArray(at)) places[name] = [at[0], at[1]];
  return places;
}

/** @param {{ canvas: Canvas, view: { zoom: number } }} props */
function Minimap({ canvas, view }) {
  const box = canvas.box();
  const seen = canvas.window();
  const scale = Math.min(140 / box.width, 84 / box.height);
  const around = { x: box.x - (148 / scale - box.width) / 2, y: box.y - (92 / scale - box.height) / 2 };

  return html`<svg class="minimap" viewBox="${around.x} ${around.y} ${148 / scale} ${92 / scale}" aria-hidden="true" data-zoom=${view.zoom}>
    <path class="minimap-node" d=${canvas.boxes(() => true)} />
    <rect class="minimap-view" x=${seen.x} y=${seen.y} width=${seen.width} height=${seen.height} />
  </svg>`;
}

/** @param {{ canvas: Canvas | null, zoom: number, direction: 'LR' | 'TB', onTurn: () => void }} props */
export function CanvasTools({ canvas, zoom, direction, onTurn }) {
  return html`<div class="canvas-tools canvas-tools--left" role="group" aria-label=${words.tools}>
    <button type="button" aria-label=${words.zoomOut} onClick=${() => canvas?.zoomBy(0.8)}><${Icon} name="minus" small /></button>
    <button type="button" aria-label=${words.zoomReset(Math.round(zoom * 100))} onClick=${() => canvas?.zoomBy(1 / zoom)}>${Math.round(zoom * 100)}%</button>
    <button type="button" aria-label=${words.zoomIn} onClick=${() => canvas?.zoomBy(1.25)}><${Icon} name="add" small /></button>
    <button type="button" aria-label=${words.fit} onClick=${() => canvas?.fit()}><${Icon} name="fit" small /></button>
    <button type="button" aria-label=${direction === 'LR' ? words.down : words.across} onClick=${onTurn}><${Icon} name="tree" small /></button>
  </div>`;
}

function Legend() {
  const line = (/** @type {string} */ kind, /** @type {number} */ width) => html`<svg width="32" height="8" aria-hidden="true" class="edge edge--${kind}">
    <path class="edge-bed" stroke-width="5" d="M0 4H32" /><path class="edge-flow" stroke-width=${width} d="M0 4H32" />
  </svg>`;

  return html`<div class="legend">
    <span>${line('ok', 2)}${words.under}</span><span>${line('busy', 2)}<span class="tone-busy"><${Glyph} name="busy" /></span>50–80%</span>
    <span>${line('full', 3.5)}<span class="tone-full"><${Glyph} name="full" /></span>${words.over}</span><span>${words.wider}</span>
  </div>`;
}

/** How the graph is folded: the way and the open groups are in the address. @param {import('../graph/model.js').GraphModel} model */
function useGroups(model) {
  const { query } = place.value;
  const asked = /** @type {import('../graph/groups.js').Way | null} */ (query.get('groups'));
  const best = useMemo(() => bestWay(model), [model]);
  const way = asked && WAYS.includes(asked) ? asked : best;
  const opened = query.get('open') ?? '';
  const groups = useMemo(() => groupsOf(model, way), [model, way]);
  const open = useMemo(() => new Set(opened ? opened.split('.') : []), [opened]);
  const folded = useMemo(() => fold(model, groups, open), [model, groups, open]);

  return {
    way,
    groups,
    open,
    folded,
    isMany: model.nodes.length > MANY,
    setWay: (/** @type {string} */ next) => setQuery({ groups: next === best ? null : next, open: null }),
    setOpen: (/** @type {Set<string>} */ next) => setQuery({ open: [...next].join('.') }),
  };
}

/** @param {{ dag: any, selected: string | null, onSelect: (name: string | null) => void }} props */
export function GraphTab({ dag, selected, onSelect }) {
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const canvas = useRef(/** @type {Canvas | null} */ (null));
  const [direction, setDirection] = useState(likedDirection());
  const [view, setView] = useState({ zoom: 1 });
  const model = useMemo(() => modelOfDetails(dag), [dag.name, dag.revision, dag.running_revision]);
  const { way, groups, open, folded, isMany, setWay, setOpen } = useGroups(model);
  /** What the view goes to when the graph is drawn next: a group that was opened or folded, a node that was found. */
  const next = useRef(/** @type {{ frame?: string, card?: string, node?: string, keepsFocus?: boolean } | null} */ (null));
  const drawnWay = useRef(way);
  const handlers = useRef(/** @type {any} */ ({}));
  const turnGroup = (/** @type {string} */ key, /** @type {boolean} */ isOpen) => {
    const keys = new Set(open);

    isOpen ? keys.add(key) : keys.delete(key);
    next.current = isOpen ? { frame: cardOf(key) } : { card: cardOf(key) };
    setOpen(keys);
  };
  /** Shows a node, also when its group is folded. @param {string} name @param {boolean} [keepsFocus] */
  const reveal = (name, keepsFocus = true) => {
    const group = groups.find((one) => one.members.includes(name));

    if (group && !open.has(group.key)) {
      next.current = { node: name, keepsFocus };
      setOpen(new Set([...open, group.key]));
    } else canvas.current?.select(name, { reveal: true, focus: !keepsFocus });
  };

  handlers.current = { onSelect, turnGroup };
  useEffect(() => {
    const made = new Canvas(/** @type {SVGSVGElement} */ (svg.current), { onSelect: (name) => handlers.current.onSelect(name), onFold: (key, isOpen) => handlers.current.turnGroup(key, isOpen), onView: setView });

    canvas.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    let isCurrent = true;
    const made = /** @type {Canvas} */ (canvas.current);
    const frames = groups.filter((group) => open.has(group.key));
    /* places that people chose are those of the whole graph */
    const moved = groups.length ? Promise.resolve(null) : get(path`/dags/${dag.name}/layout`).catch(() => null);

    Promise.all([layoutOf(folded.nodes, folded.edges, direction, made.size, frames.map((group) => ({ name: cardOf(group.key), members: group.members }))), moved]).then(([{ places, boxes }, layout]) => {
      if (!isCurrent) return;
      const goal = next.current;

      next.current = null;
      made.draw(folded, withMoved(layout, direction, { ...places }), direction, frames.map((group) => ({ group, box: boxes[cardOf(group.key)] })));
      made.select(goal?.node ?? selected);
      if (drawnWay.current !== way) made.fit();
      drawnWay.current = way;
      if (goal?.frame && boxes[goal.frame]) {
        made.fit(boxes[goal.frame]);
        made.focus(frames.find((group) => cardOf(group.key) === goal.frame)?.entries[0] ?? '');
      } else if (goal?.card) {
        made.fit();
        made.focus(goal.card);
      } else if (goal?.node) {
        made.near(goal.node);
        if (!goal.keepsFocus) made.focus(goal.node);
      } else if (isMany && selected && made.cards.has(selected)) made.near(selected);
    });
    return () => {
      isCurrent = false;
    };
  }, [folded, direction]);
  useEffect(
    () =>
      liveDag(dag.name).subscribe((live) => {
        if (live) canvas.current?.setLive(live);
      }),
    [dag.name],
  );
  useEffect(() => {
    if (canvas.current?.selected === selected) return;
    if (selected) reveal(selected);
    else canvas.current?.select(null);
  }, [selected]);
  const turn = () => {
    const way = direction === 'LR' ? 'TB' : 'LR';

    localStorage.setItem('dagd.direction', way);
    setDirection(way);
  };
  const openFound = (/** @type {string} */ name) => {
    reveal(name, false);
    onSelect(name);
  };

  return html`<div class="canvas">
    <svg class="graph" ref=${svg} role="group" aria-label=${words.of(dag.name)}></svg>
    ${model.nodes.length === 0 && (dag.state === 'invalid' ? html`<${Empty} title=${words.invalid} detail=${words.invalidDetail}><a class="button" href=${`/dags/${dag.name}?tab=definition`}>${words.toDefinition}</a><//>` : html`<${Empty} title=${words.empty} />`)}
    <div class="canvas-bar">
      <${FindNode} nodes=${model.nodes} onFind=${reveal} onOpen=${openFound} />
      ${isMany && html`<${Select} auto label=${words.groups} value=${way} onInput=${setWay} options=${WAYS.map((value) => ({ value, label: words.ways[value] }))} />`}
      ${open.size > 0 && html`<button class="button" type="button" onClick=${() => setOpen(new Set())}><${Icon} name="layers" />${words.foldAll}</button>`}
    </div>
    <${CanvasTools} canvas=${canvas.current} zoom=${view.zoom} direction=${direction} onTurn=${turn} />
    <${Legend} />
    ${canvas.current && canvas.current.cards.size > 0 && html`<${Minimap} canvas=${canvas.current} view=${view} />`}
  </div>`;
}

/** Keeps where nodes were moved to; makes no revision. @param {string} name @param {any} layout */
export function saveLayout(name, layout) {
  return call('PUT', path`/dags/${name}/layout`, { body: layout });
}
