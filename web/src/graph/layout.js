// layout.js - asks the worker for places, and remembers them by what the graph looks like.

/** @typedef {Record<string, [number, number]>} Places upper left corners by node */

/** @type {Worker | null} */
let worker = null;
let lastId = 0;
/** @type {Map<number, (places: Places) => void>} */
const waiting = new Map();
/** @type {Map<string, Places>} */
const known = new Map();
const KNOWN_MAX = 32;

function start() {
  const script = /** @type {HTMLScriptElement} */ (document.querySelector('script[data-layout]'));

  worker = new Worker(script.dataset.layout ?? '', { type: 'module' });
  worker.onmessage = (event) => {
    waiting.get(event.data.id)?.(event.data.places);
    waiting.delete(event.data.id);
  };
  return worker;
}

/**
 * @param {{ name: string }[]} nodes
 * @param {{ from: string, to: string }[]} edges
 * @param {'LR' | 'TB'} direction
 * @param {{ width: number, height: number }} size
 * @returns {Promise<Places>}
 */
export async function placesOf(nodes, edges, direction, size) {
  const key = JSON.stringify([direction, size, nodes.map((node) => node.name), edges.map((edge) => [edge.from, edge.to])]);
  const old = known.get(key);

  if (old) return old;
  const id = ++lastId;
  /** @type {Promise<Places>} */
  const reply = new Promise((resolve) => waiting.set(id, resolve));

  (worker ?? start()).postMessage({
    id,
    nodes: nodes.map((node) => ({ name: node.name, ...size })),
    edges: edges.map((edge) => ({ from: edge.from, to: edge.to })),
    direction,
  });
  const places = await reply;

  if (known.size >= KNOWN_MAX) known.delete(/** @type {string} */ (known.keys().next().value));
  known.set(key, places);
  return places;
}
