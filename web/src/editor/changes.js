// changes.js - what can be done to a definition; each function changes the document that it is given.

/** @param {any} doc @param {string} area */
export function partsOf(doc, area) {
  if (!Array.isArray(doc[area])) doc[area] = [];
  return doc[area];
}

/** A name that nobody has. @param {any} doc @param {string} wish */
function freeName(doc, wish) {
  const taken = new Set(['subscribers', 'publishers', 'calculators', 'transformers', 'nodes'].flatMap((area) => partsOf(doc, area).map((/** @type {any} */ part) => part?.name)));
  const base = wish.replace(/[^A-Za-z0-9_]/g, '_').replace(/^_+$/, 'part') || 'part';
  let name = base;

  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  return name;
}

/** @param {string} word "AdditionCalculator" @returns {string} "addition" */
function shortName(word) {
  return word.replace(/(Calculator|Transformer|Node)$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Where a type's entries stand. */
const areas = { subscriber: 'subscribers', publisher: 'publishers', calculator: 'calculators', transformer: 'transformers', node: 'nodes' };

/**
 * Adds a component and, where it needs one, the node that uses it. Returns the node's name ("": none).
 * @param {any} doc @param {any} component of GET /components
 */
export function add(doc, component) {
  const example = structuredClone(component.example ?? {});
  const area = areas[/** @type {keyof typeof areas} */ (component.kind)];
  const base = shortName(component.type.replace(/[^A-Za-z0-9_]/g, '_'));
  const part = component.kind === 'node' ? example : { ...example };

  part.name = freeName(doc, component.kind === 'subscriber' ? `${base}_in` : component.kind === 'publisher' ? `${base}_out` : base);
  if (component.kind === 'node') {
    for (const key of ['subscriber', 'calculator', 'publishers', 'input_transformers', 'output_transformers']) delete part[key];
    part.type ??= component.type;
    partsOf(doc, 'nodes').push(part);
    return part.name;
  }
  partsOf(doc, area).push(part);
  if (component.kind === 'transformer') return '';
  const node =
    component.kind === 'subscriber'
      ? { name: freeName(doc, `read_${part.name}`), type: 'SubscriptionNode', config: {}, subscriber: part.name }
      : component.kind === 'publisher'
        ? { name: freeName(doc, `write_${part.name}`), type: 'PublicationNode', config: {}, publishers: [part.name] }
        : { name: freeName(doc, `do_${part.name}`), type: 'CalculationNode', config: {}, calculator: part.name };

  partsOf(doc, 'nodes').push(node);
  return node.name;
}

/** @param {any} doc @param {string} from @param {string} to */
export function connect(doc, from, to) {
  const edges = partsOf(doc, 'edges');

  if (from !== to && !edges.some((/** @type {any} */ edge) => edge.from_node === from && edge.to_node === to)) edges.push({ from_node: from, to_node: to });
}

/** @param {any} doc @param {string} from @param {string} to */
export function disconnect(doc, from, to) {
  doc.edges = partsOf(doc, 'edges').filter((/** @type {any} */ edge) => edge.from_node !== from || edge.to_node !== to);
}

/** Removes a node, its edges, and what only it used. @param {any} doc @param {string} name */
export function removeNode(doc, name) {
  const node = partsOf(doc, 'nodes').find((/** @type {any} */ one) => one.name === name);

  doc.nodes = doc.nodes.filter((/** @type {any} */ one) => one !== node);
  doc.edges = partsOf(doc, 'edges').filter((/** @type {any} */ edge) => edge.from_node !== name && edge.to_node !== name);
  if (!node) return;
  const uses = (/** @type {string} */ part) => JSON.stringify([doc.nodes, doc.edges]).includes(JSON.stringify(part));

  for (const [area, names] of /** @type {[string, any[]][]} */ ([
    ['subscribers', [node.subscriber]],
    ['calculators', [node.calculator]],
    ['publishers', node.publishers ?? []],
  ]))
    for (const part of names) if (part && !uses(part)) doc[area] = partsOf(doc, area).filter((/** @type {any} */ one) => one.name !== part);
}

/** @param {any} doc @param {string} from @param {string} to */
export function renameNode(doc, from, to) {
  for (const node of partsOf(doc, 'nodes')) if (node.name === from) node.name = to;
  for (const edge of partsOf(doc, 'edges')) {
    if (edge.from_node === from) edge.from_node = to;
    if (edge.to_node === from) edge.to_node = to;
  }
}

/** Renames a subscriber, publisher, calculator or transformer wherever it is used. @param {any} doc @param {string} area @param {string} from @param {string} to */
export function renamePart(doc, area, from, to) {
  const swap = (/** @type {any} */ value) => (Array.isArray(value) ? value.map((one) => (one === from ? to : one)) : value === from ? to : value);
  /** @type {Record<string, string[]>} */
  const users = { subscribers: ['subscriber'], calculators: ['calculator'], publishers: ['publishers'], transformers: ['input_transformers', 'output_transformers'] };

  for (const part of partsOf(doc, area)) if (part.name === from) part.name = to;
  for (const node of partsOf(doc, 'nodes')) for (const key of users[area] ?? []) if (node[key] !== undefined) node[key] = swap(node[key]);
  if (area === 'transformers') for (const edge of partsOf(doc, 'edges')) if (edge.transformer !== undefined) edge.transformer = swap(edge.transformer);
}

/** The part that a node shows: what it reads, calculates or writes. @param {any} doc @param {any} node */
export function partOf(doc, node) {
  const find = (/** @type {string} */ area, /** @type {string} */ name) => partsOf(doc, area).find((/** @type {any} */ part) => part?.name === name);

  if (node?.subscriber) return { area: 'subscribers', kind: 'subscriber', part: find('subscribers', node.subscriber) };
  if (node?.calculator) return { area: 'calculators', kind: 'calculator', part: find('calculators', node.calculator) };
  if (node?.publishers?.[0]) return { area: 'publishers', kind: 'publisher', part: find('publishers', node.publishers[0]) };
  return null;
}

/** The type of a part: the scheme of its address, or its `type`. @param {string} kind @param {any} part */
export function typeOf(kind, part) {
  const address = kind === 'subscriber' ? (part?.config?.source ?? part?.source) : kind === 'publisher' ? (part?.config?.destination ?? part?.destination) : null;

  return address ? (/^([a-z0-9+.-]+):/i.exec(address)?.[1] ?? '') : String(part?.type ?? '');
}

/** Nodes with the parts and edges that they need, as JSON for the clipboard. @param {any} doc @param {string[]} names */
export function copied(doc, names) {
  const nodes = partsOf(doc, 'nodes').filter((/** @type {any} */ node) => names.includes(node.name));
  const used = (/** @type {string} */ area, /** @type {any[]} */ wanted) => partsOf(doc, area).filter((/** @type {any} */ part) => wanted.includes(part.name));

  return {
    dagd: 'nodes',
    nodes,
    edges: partsOf(doc, 'edges').filter((/** @type {any} */ edge) => names.includes(edge.from_node) && names.includes(edge.to_node)),
    subscribers: used('subscribers', nodes.map((/** @type {any} */ node) => node.subscriber)),
    calculators: used('calculators', nodes.map((/** @type {any} */ node) => node.calculator)),
    publishers: used('publishers', nodes.flatMap((/** @type {any} */ node) => node.publishers ?? [])),
  };
}

/** Puts copied nodes in under free names; returns their names. @param {any} doc @param {any} clip */
export function paste(doc, clip) {
  /** @type {Record<string, string>} */
  const names = {};
  const rename = (/** @type {any} */ name) => names[name] ?? name;
  const added = structuredClone(clip);

  for (const area of ['subscribers', 'calculators', 'publishers', 'nodes'])
    for (const part of added[area] ?? []) {
      names[part.name] = freeName(doc, part.name);
      part.name = names[part.name];
      partsOf(doc, area).push(part);
    }
  for (const node of added.nodes ?? []) {
    if (node.subscriber) node.subscriber = rename(node.subscriber);
    if (node.calculator) node.calculator = rename(node.calculator);
    if (node.publishers) node.publishers = node.publishers.map(rename);
  }
  for (const edge of added.edges ?? []) partsOf(doc, 'edges').push({ ...edge, from_node: rename(edge.from_node), to_node: rename(edge.to_node) });
  return (added.nodes ?? []).map((/** @type {any} */ node) => node.name);
}

/** The node or part that a JSON pointer leads to. @param {any} doc @param {string} pointer @returns {string | null} a node's name */
export function nodeOfPointer(doc, pointer) {
  const [, area, index] = pointer.split('/');
  const part = doc?.[area]?.[Number(index)];

  if (!part) return null;
  if (area === 'nodes') return part.name ?? null;
  if (area === 'edges') return part.from_node ?? null;
  const user = partsOf(doc, 'nodes').find((/** @type {any} */ node) => node.subscriber === part.name || node.calculator === part.name || node.publishers?.includes(part.name));

  return user?.name ?? null;
}
