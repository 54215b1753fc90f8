// groups.js - folds the nodes of a large graph into groups: by how their names begin, by paths, by levels.

import { text } from '../app/text.js';

/** Graphs of more nodes are folded at first. */
export const MANY = 150;
/** A picture of so many cards can be read. */
const CARDS_GOOD = 60;
/** A path of fewer nodes isn't worth a group. */
const PATH_MIN = 3;

/** @typedef {'name' | 'path' | 'level' | 'none'} Way */
/**
 * @typedef {object} Group
 * @property {string} key
 * @property {string} label
 * @property {string[]} members nodes
 * @property {string[]} entries members that get nothing from other members: what comes in there comes into the group
 */
/** @typedef {Omit<Group, 'entries'>} Loose */
/** @typedef {import('./model.js').GraphModel} GraphModel */

/** Ways to fold, the most telling one first. @type {Way[]} */
export const WAYS = ['name', 'path', 'level', 'none'];

/** The name of a group's card. @param {string} key */
export const cardOf = (key) => `group:${key}`;

/** Where the parts of a name end: words, and runs of digits. @param {string} name */
function endsOf(name) {
  return [...name.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g)].map((part) => part.index + part[0].length);
}

/** @param {string[]} names @param {number} depth how many parts count */
function byBegin(names, depth) {
  /** @type {Map<string, string[]>} */
  const parts = new Map();

  for (const name of names) {
    const begin = name.slice(0, endsOf(name)[depth - 1] ?? name.length);

    parts.set(begin, [...(parts.get(begin) ?? []), name]);
  }
  return parts;
}

/** By as many parts of the names as still give a picture that can be read. @param {string[]} names @returns {Loose[]} */
function groupsByName(names) {
  const deepest = Math.max(1, ...names.map((name) => endsOf(name).length));
  /** @type {Loose[]} */
  let best = [];

  for (let depth = 1; depth < deepest; depth++) {
    const parts = [...byBegin(names, depth)].filter(([, members]) => members.length > 1);
    const cards = names.length - parts.reduce((sum, [, members]) => sum + members.length - 1, 0);

    if (depth > 1 && cards > CARDS_GOOD && best.length > 1) break;
    best = parts.map(([begin, members]) => ({ key: begin, label: `${begin}…`, members }));
  }
  return best;
}

/** Runs of nodes of which each has the one before it alone. @param {GraphModel} model @returns {Loose[]} */
function groupsByPath(model) {
  const { into, out } = neighbours(model);
  const goesOn = (/** @type {string} */ name) => (out.get(name)?.length === 1 && into.get(/** @type {string[]} */ (out.get(name))[0])?.length === 1 ? out.get(name)?.[0] : undefined);
  /** @type {Loose[]} */
  const groups = [];

  for (const { name } of model.nodes) {
    const before = into.get(name) ?? [];

    if (before.length === 1 && goesOn(before[0]) === name) continue;
    const members = [name];

    for (let next = goesOn(name); next && next !== name; next = goesOn(next)) members.push(next);
    if (members.length >= PATH_MIN) groups.push({ key: name, label: name, members });
  }
  return groups;
}

/** Nodes that are as far from the sources. @param {GraphModel} model @returns {Loose[]} */
function groupsByLevel(model) {
  const { into, out } = neighbours(model);
  const left = new Map(model.nodes.map(({ name }) => [name, into.get(name)?.length ?? 0]));
  const level = new Map(model.nodes.map(({ name }) => [name, 1]));
  const ready = model.nodes.map(({ name }) => name).filter((name) => !left.get(name));
  /** @type {Map<number, string[]>} */
  const levels = new Map();

  for (let name = ready.pop(); name; name = ready.pop())
    for (const next of out.get(name) ?? []) {
      level.set(next, Math.max(level.get(next) ?? 1, (level.get(name) ?? 1) + 1));
      left.set(next, (left.get(next) ?? 1) - 1);
      if (left.get(next) === 0) ready.push(next);
    }
  for (const [name, at] of level) levels.set(at, [...(levels.get(at) ?? []), name]);
  return [...levels].filter(([, members]) => members.length > 1).map(([at, members]) => ({ key: String(at), label: text.graph.level(at), members }));
}

/** @param {GraphModel} model */
function neighbours(model) {
  /** @type {Map<string, string[]>} */
  const into = new Map();
  /** @type {Map<string, string[]>} */
  const out = new Map();
  const add = (/** @type {Map<string, string[]>} */ map, /** @type {string} */ key, /** @type {string} */ value) => map.get(key)?.push(value) ?? map.set(key, [value]);

  for (const { from, to } of model.edges) {
    add(out, from, to);
    add(into, to, from);
  }
  return { into, out };
}

/** @param {GraphModel} model @param {Way} way @returns {Group[]} */
export function groupsOf(model, way) {
  const groups = way === 'name' ? groupsByName(model.nodes.map(({ name }) => name)) : way === 'path' ? groupsByPath(model) : way === 'level' ? groupsByLevel(model) : [];
  const groupOf = new Map(groups.flatMap((group) => group.members.map((name) => [name, group])));
  const inner = new Set(model.edges.filter(({ from, to }) => groupOf.has(to) && groupOf.get(from) === groupOf.get(to)).map(({ to }) => to));

  return groups.map((group) => ({ ...group, entries: group.members.filter((name) => !inner.has(name)) }));
}

/** Whether messages go around between cards: such a picture would tell less than the graph. @param {GraphModel} folded */
function hasCycle(folded) {
  const { into, out } = neighbours(folded);
  const left = new Map(folded.nodes.map(({ name }) => [name, into.get(name)?.length ?? 0]));
  const ready = folded.nodes.map(({ name }) => name).filter((name) => !left.get(name));
  let done = 0;

  for (let name = ready.pop(); name; name = ready.pop()) {
    done++;
    for (const next of out.get(name) ?? []) {
      left.set(next, (left.get(next) ?? 1) - 1);
      if (left.get(next) === 0) ready.push(next);
    }
  }
  return done < folded.nodes.length;
}

/** The first way that makes the graph small enough to be read; else the one that makes it smallest. @param {GraphModel} model @returns {Way} */
export function bestWay(model) {
  if (model.nodes.length <= MANY) return 'none';
  /** @type {{ way: Way, count: number }[]} */
  const ways = [];

  for (const way of WAYS) {
    const folded = fold(model, groupsOf(model, way), new Set());
    const count = folded.nodes.length;

    if (way === 'none' || count < 3 || hasCycle(folded)) continue;
    if (count <= MANY) return way;
    ways.push({ way, count });
  }
  return ways.sort((a, b) => a.count - b.count)[0]?.way ?? 'none';
}

/**
 * The graph with a card for each group that isn't open; edges between the same cards are one.
 * @param {GraphModel} model @param {Group[]} groups @param {Set<string>} open keys
 * @returns {GraphModel}
 */
export function fold(model, groups, open) {
  /** @type {Map<string, Group>} */
  const shut = new Map();
  /** @type {Map<Group, import('./model.js').GraphNode>} */
  const cards = new Map();
  /** @type {Map<string, import('./model.js').GraphEdge>} */
  const edges = new Map();

  for (const group of groups) if (!open.has(group.key)) for (const name of group.members) shut.set(name, group);
  const placeOf = (/** @type {string} */ name) => (shut.has(name) ? cardOf(/** @type {Group} */ (shut.get(name)).key) : name);
  const nodes = model.nodes.flatMap((node) => {
    const group = shut.get(node.name);

    if (!group) return [node];
    if (cards.has(group)) {
      const card = /** @type {import('./model.js').GraphNode} */ (cards.get(group));

      if (card.kind !== node.kind) card.kind = 'calculator';
      return [];
    }
    /** @type {import('./model.js').GraphNode} */
    const card = { name: cardOf(group.key), type: '', kind: node.kind, note: '', icon: 'layers', publishers: [], mark: '', group };

    cards.set(group, card);
    return [card];
  });

  for (const edge of model.edges) {
    const [from, to] = [placeOf(edge.from), placeOf(edge.to)];

    if (from === to && shut.has(edge.from)) continue;
    const key = `${from} ${to}`;
    const known = edges.get(key);

    if (known) known.parts?.push(edge);
    else edges.set(key, from === edge.from && to === edge.to ? edge : { name: `${from}_to_${to}`, from, to, parts: [edge] });
  }
  return { nodes, edges: [...edges.values()] };
}
