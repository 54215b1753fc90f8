// layout_worker.js - lays a graph out off the main thread: {id, nodes, edges, direction, frames} in, {id, places, boxes} out.
//
// The members of a frame are laid out on their own; in the graph around them the frame is one large node.
import { Graph, layout } from '@dagrejs/dagre';

/** Above so many nodes the quick ranking is used. */
const LARGE = 100;
/** Ranks of fewer nodes (of fewer on a phone) are never wrapped, nor graphs that aren't so many times longer across than along. */
const WRAP_MIN = 12;
const WRAP_MIN_PHONE = 4;
const WRAP_RATIO = 2;
/** Room within a frame, and for its head. */
const PADDING = 20;
const HEAD = 30;

/**
 * @param {{ name: string, width: number, height: number }[]} nodes @param {{ from: string, to: string }[]} edges @param {'LR' | 'TB'} direction
 * @returns {{ places: Record<string, [number, number]>, width: number, height: number }}
 */
function place(nodes, edges, direction) {
  const graph = new Graph();
  /** @type {Record<string, [number, number]>} */
  const places = {};

  graph.setGraph({
    rankdir: direction,
    nodesep: direction === 'LR' ? 32 : nodes[0]?.height < 60 ? 16 : 40,
    ranksep: direction === 'LR' ? 80 : 48,
    marginx: 0,
    marginy: 0,
    ranker: nodes.length > LARGE ? 'longest-path' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.name, { width: node.width, height: node.height });
  for (const edge of edges) graph.setEdge(edge.from, edge.to);
  layout(graph);
  for (const node of nodes) {
    const at = graph.node(node.name);

    places[node.name] = [Math.round(at.x - node.width / 2), Math.round(at.y - node.height / 2)];
  }
  const found = { places, width: graph.graph().width ?? 0, height: graph.graph().height ?? 0 };

  inOrder(nodes, found, direction === 'LR' ? 1 : 0);
  return wrapped(nodes, found, direction);
}

/** What comes first in the definition comes first across, too: the picture is mirrored when it is the other way round.
 * @param {{ name: string, width: number, height: number }[]} nodes @param {{ places: Record<string, [number, number]>, width: number, height: number }} found @param {0 | 1} axis */
function inOrder(nodes, found, axis) {
  const middle = (nodes.length - 1) / 2;
  const mean = nodes.reduce((sum, node) => sum + found.places[node.name][axis], 0) / nodes.length;

  if (nodes.reduce((sum, node, i) => sum + (i - middle) * (found.places[node.name][axis] - mean), 0) >= 0) return;
  for (const node of nodes) {
    const place = found.places[node.name];

    place[axis] = axis === 1 ? found.height - place[1] - node.height : found.width - place[0] - node.width;
  }
}

/**
 * A rank of very many nodes would make the picture a line that nobody can read: it becomes several
 * columns (rows from top to bottom), so that the whole has the shape of a window.
 * @param {{ name: string, width: number, height: number }[]} nodes @param {{ places: Record<string, [number, number]>, width: number, height: number }} found @param {'LR' | 'TB'} direction
 */
function wrapped(nodes, found, direction) {
  const isAcross = direction === 'LR';
  const [main, cross] = isAcross ? [0, 1] : [1, 0];
  const extent = (/** @type {any} */ node, /** @type {number} */ axis) => (axis === 0 ? node.width : node.height);
  const [along, over] = isAcross ? [found.width, found.height] : [found.height, found.width];
  /** @type {Map<number, any[]>} */
  const ranks = new Map();

  for (const node of nodes) {
    const at = Math.round((found.places[node.name][main] + extent(node, main) / 2) / 8);

    ranks.set(at, [...(ranks.get(at) ?? []), node]);
  }
  const small = nodes.reduce((one, node) => (node.height < one.height ? node : one), nodes[0]);
  /* a frame makes its rank long; it says nothing of the others */
  const long = [...ranks.values()].reduce((sum, rank) => sum + Math.max(...rank.map((node) => extent(node, main))) - extent(small, main), 0);
  const isPhone = !isAcross && small?.height < 60;
  const least = isPhone ? WRAP_MIN_PHONE : WRAP_MIN;
  const longest = Math.max(0, ...[...ranks.values()].map((rank) => rank.length));

  if (longest <= least || over < (along - long) * WRAP_RATIO) return found;
  const [gapMain, gapCross] = isAcross ? [40, 26] : [26, 20];
  const step = extent(small, cross) + gapCross;
  const shape = isAcross ? 1.7 : isPhone ? 1.2 : 0.7; /* length along by length across */
  let most = least;

  /* the fewest in a column that don't make the picture too long */
  for (; most < longest; most++) {
    const columns = [...ranks.values()].reduce((sum, rank) => sum + Math.ceil(rank.length / most), 0);

    if (columns * (extent(small, main) + gapMain) <= most * step * shape) break;
  }
  /** @type {Record<string, [number, number]>} */
  const places = {};
  let at = 0;
  let width = 0;

  for (const [, rank] of [...ranks].sort((a, b) => a[0] - b[0])) {
    const sorted = rank.sort((a, b) => found.places[a.name][cross] - found.places[b.name][cross]);
    const cards = sorted.filter((node) => extent(node, main) <= extent(small, main) * 1.5);
    const large = sorted.filter((node) => !cards.includes(node));
    const per = Math.ceil(cards.length / Math.ceil(cards.length / most));
    const columns = [];

    for (let i = 0; i < cards.length; i += per) columns.push(cards.slice(i, i + per));
    if (large.length) columns.push(large);
    for (const column of columns) {
      let offset = -(column.reduce((sum, node) => sum + extent(node, cross) + gapCross, -gapCross) / 2);

      width = Math.max(width, -offset * 2);
      for (const node of column) {
        places[node.name] = isAcross ? [Math.round(at), Math.round(offset)] : [Math.round(offset), Math.round(at)];
        offset += extent(node, cross) + gapCross;
      }
      at += Math.max(...column.map((node) => extent(node, main))) + gapMain;
    }
    at += gapMain;
  }
  for (const place of Object.values(places)) place[cross] = Math.round(place[cross] + width / 2);
  const length = at - 2 * gapMain;

  return { places, width: isAcross ? length : width, height: isAcross ? width : length };
}

self.onmessage = (event) => {
  const { id, nodes, edges, direction, frames } = event.data;
  /** @type {Map<string, string>} node -> its frame */
  const frameOf = new Map(frames.flatMap((/** @type {any} */ frame) => frame.members.map((/** @type {string} */ name) => [name, frame.name])));
  const at = (/** @type {string} */ name) => frameOf.get(name) ?? name;
  const inner = new Map();

  for (const frame of frames) {
    const members = new Set(frame.members);

    inner.set(
      frame.name,
      place(
        nodes.filter((/** @type {any} */ node) => members.has(node.name)),
        edges.filter((/** @type {any} */ edge) => members.has(edge.from) && members.has(edge.to)),
        direction,
      ),
    );
  }
  const outer = place(
    [
      ...nodes.filter((/** @type {any} */ node) => !frameOf.has(node.name)),
      ...frames.map((/** @type {any} */ frame) => ({ name: frame.name, width: inner.get(frame.name).width + 2 * PADDING, height: inner.get(frame.name).height + 2 * PADDING + HEAD })),
    ],
    edges.filter((/** @type {any} */ edge) => at(edge.from) !== at(edge.to)).map((/** @type {any} */ edge) => ({ from: at(edge.from), to: at(edge.to) })),
    direction,
  );
  /** @type {Record<string, [number, number]>} */
  const places = {};
  /** @type {Record<string, { x: number, y: number, width: number, height: number }>} */
  const boxes = {};

  for (const [name, [x, y]] of Object.entries(outer.places)) {
    const framed = inner.get(name);

    if (!framed) {
      places[name] = [x, y];
      continue;
    }
    boxes[name] = { x, y, width: framed.width + 2 * PADDING, height: framed.height + 2 * PADDING + HEAD };
    for (const [member, [dx, dy]] of Object.entries(framed.places)) places[member] = [x + PADDING + dx, y + PADDING + HEAD + dy];
  }
  self.postMessage({ id, places, boxes });
};
