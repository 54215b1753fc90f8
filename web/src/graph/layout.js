// layout.js - asks the worker for places, and remembers them by what the graph looks like.

/** @typedef {Record<string, [number, number]>} Places upper left corners by node */
/** @typedef {Record<string, { x: number, y: number, width: number, height: number }>} Boxes of frames by their name */
/** @typedef {{ places: Places, boxes: Boxes }} Layout */

/** @type {Worker | null} */
let worker = null;
let lastId = 0;
/** @type {Map<number, (layout: Layout) => void>} */
const waiting = new Map();
/** @type {Map<string, Layout>} */
const known = new Map();
const KNOWN_MAX = 32;

function start() {
  const script = /** @type {HTMLScriptElement} */ (document.querySelector('script[data-layout]'));

  worker = new Worker(script.dataset.layout ?? '', { type: 'module' });
  worker.onmessage = (event) => {
    waiting.get(event.data.id)?.({ places: event.data.places, boxes: event.data.boxes });
    waiting.delete(event.data.id);
  };
  return worker;
}

/**
 * @param {{ name: string }[]} nodes
 * @param {{ from: string, to: string }[]} edges
 * @param {'LR' | 'TB'} direction
 * @param {{ width: number, height: number }} size
 * @param {{ name: string, members: string[] }[]} [frames] nodes that stay together
 * @returns {Promise<Layout>}
 */
export async function layoutOf(nodes, edges, direction, size, frames = []) {
  const key = JSON.stringify([direction, size, nodes.map((node) => node.name), edges.map((edge) => [edge.from, edge.to]), frames]);
  const old = known.get(key);

  if (old) return old;
  const id = ++lastId;
  /** @type {Promise<Layout>} */
  const reply = new Promise((resolve) => waiting.set(id, resolve));

  (worker ?? start()).postMessage({
    id,
    nodes: nodes.map((node) => ({ name: node.name, ...size })),
    edges: edges.map((edge) => ({ from: edge.from, to: edge.to })),
    direction,
    frames: frames.map((frame) => ({ name: frame.name, members: frame.members })),
  });
  const layout = await reply;

  if (known.size >= KNOWN_MAX) known.delete(/** @type {string} */ (known.keys().next().value));
  known.set(key, layout);
  return layout;
}
