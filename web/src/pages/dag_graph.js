// dag_graph.js - the graph of a running DAG, with its tools, legend and small map.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { call, get, path } from '../app/api.js';
import { html } from '../app/html.js';
import { liveDag } from '../app/live.js';
import { text } from '../app/text.js';
import { Canvas } from '../graph/canvas.js';
import { placesOf } from '../graph/layout.js';
import { modelOfDetails } from '../graph/model.js';
import { SearchField } from '../parts/field.js';
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

/** @param {{ dag: any, selected: string | null, onSelect: (name: string | null) => void }} props */
export function GraphTab({ dag, selected, onSelect }) {
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const canvas = useRef(/** @type {Canvas | null} */ (null));
  const find = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [direction, setDirection] = useState(likedDirection());
  const [view, setView] = useState({ zoom: 1 });
  const [word, setWord] = useState('');
  const model = useMemo(() => modelOfDetails(dag), [dag.name, dag.revision, dag.running_revision]);
  const select = useRef(onSelect);

  select.current = onSelect;
  useEffect(() => {
    const made = new Canvas(/** @type {SVGSVGElement} */ (svg.current), { onSelect: (name) => select.current(name), onView: setView });

    canvas.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    let isCurrent = true;
    const size = /** @type {Canvas} */ (canvas.current).size;

    Promise.all([placesOf(model.nodes, model.edges, direction, size), get(path`/dags/${dag.name}/layout`).catch(() => null)]).then(([places, layout]) => {
      if (!isCurrent) return;
      canvas.current?.draw(model, withMoved(layout, direction, { ...places }), direction);
      canvas.current?.select(selected);
    });
    return () => {
      isCurrent = false;
    };
  }, [model, direction]);
  useEffect(
    () =>
      liveDag(dag.name).subscribe((live) => {
        if (live) canvas.current?.setLive(live);
      }),
    [dag.name],
  );
  useEffect(() => {
    if (canvas.current?.selected !== selected) canvas.current?.select(selected, { reveal: true });
  }, [selected]);
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== '/' || /** @type {Element} */ (event.target).closest('input, textarea, select')) return;
      event.preventDefault();
      find.current?.focus();
    };

    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const turn = () => {
    const next = direction === 'LR' ? 'TB' : 'LR';

    localStorage.setItem('dagd.direction', next);
    setDirection(next);
  };
  const findNode = (/** @type {string} */ value) => {
    const lower = value.toLowerCase();
    const found = lower && (model.nodes.find((node) => node.name.toLowerCase().startsWith(lower)) ?? model.nodes.find((node) => node.name.toLowerCase().includes(lower)));

    setWord(value);
    if (found) canvas.current?.select(found.name, { reveal: true });
  };
  const openFound = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (word && canvas.current?.selected) {
      onSelect(canvas.current.selected);
      canvas.current.focus(canvas.current.selected);
    }
  };

  return html`<div class="canvas">
    <svg class="graph" ref=${svg} role="group" aria-label=${words.of(dag.name)}></svg>
    ${model.nodes.length === 0 && html`<${Empty} title=${words.empty} />`}
    <form class="canvas-find" onSubmit=${openFound}><${SearchField} label=${words.find} value=${word} onInput=${findNode} inputRef=${find} kbd="/" /></form>
    <${CanvasTools} canvas=${canvas.current} zoom=${view.zoom} direction=${direction} onTurn=${turn} />
    <${Legend} />
    ${canvas.current && canvas.current.cards.size > 0 && html`<${Minimap} canvas=${canvas.current} view=${view} />`}
  </div>`;
}

/** Keeps where nodes were moved to; makes no revision. @param {string} name @param {any} layout */
export function saveLayout(name, layout) {
  return call('PUT', path`/dags/${name}/layout`, { body: layout });
}
