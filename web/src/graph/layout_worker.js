// layout_worker.js - lays a graph out off the main thread: {id, nodes, edges, direction} in, {id, places} out.
import { Graph, layout } from '@dagrejs/dagre';

/** Above so many nodes the quick ranking is used. */
const LARGE = 100;

self.onmessage = (event) => {
  const { id, nodes, edges, direction } = event.data;
  const graph = new Graph();

  graph.setGraph({
    rankdir: direction,
    nodesep: direction === 'LR' ? 32 : nodes[0]?.height < 60 ? 16 : 40,
    ranksep: direction === 'LR' ? 80 : 48,
    marginx: 24,
    marginy: 24,
    ranker: nodes.length > LARGE ? 'longest-path' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.name, { width: node.width, height: node.height });
  for (const edge of edges) graph.setEdge(edge.from, edge.to);
  layout(graph);
  /** @type {Record<string, [number, number]>} */
  const places = {};

  for (const node of nodes) {
    const place = graph.node(node.name);

    places[node.name] = [Math.round(place.x - node.width / 2), Math.round(place.y - node.height / 2)];
  }
  self.postMessage({ id, places });
};
