// model.js - what the canvas draws: from a DAG's details or from the text of a definition.

/**
 * @typedef {object} GraphNode
 * @property {string} name
 * @property {string} type
 * @property {'source' | 'calculator' | 'sink'} kind
 * @property {string} note what stands below the name
 * @property {string} icon
 * @property {string} [subscriber]
 * @property {string[]} publishers
 * @property {'' | 'new' | 'problem'} mark of drafts
 * @property {import('./groups.js').Group} [group] the node is a card that stands for others
 *
 * @typedef {object} GraphEdge
 * @property {string} name
 * @property {string} from
 * @property {string} to
 * @property {string} [mark]
 * @property {GraphEdge[]} [parts] the edge stands for these
 * @typedef {{ nodes: GraphNode[], edges: GraphEdge[] }} GraphModel
 */

/** @type {[RegExp, string][]} */
const icons = [
  [/metronome|timer|clock/i, 'timer'],
  [/filter/i, 'filter'],
  [/sum|addition|arith|multipl|calcul/i, 'sigma'],
  [/merge|combine|join/i, 'merge'],
  [/sql|postgres|mysql|sqlite|aerospike|redis/i, 'database'],
  [/file/i, 'file'],
  [/kafka|activemq|mem|queue|topic|channel|http/i, 'queue'],
];

/** @param {string} words */
export function iconOf(words) {
  return icons.find(([pattern]) => pattern.test(words))?.[1] ?? 'calculator';
}

/** "kafka · trades" of "kafka://topic/trades". @param {string | null | undefined} address */
function addressNote(address) {
  const found = /^([a-z0-9+.-]+):\/\/(.*)$/i.exec(address ?? '');

  if (!found) return address ?? '';
  const last = found[2].split('/').filter(Boolean).pop() ?? '';

  return last ? `${found[1]} · ${last}` : found[1];
}

/**
 * @param {{ name: string, type: string, subscriber?: string | null, calculator?: string | null, publishers?: string[] }} node
 * @param {boolean} hasOut
 * @param {(kind: 'subscriber' | 'publisher' | 'calculator', name: string) => string} describe address or type of a part
 * @returns {GraphNode}
 */
function nodeOf(node, hasOut, describe) {
  const publishers = node.publishers ?? [];
  const isTimer = /metronome/i.test(node.type);
  const kind = node.subscriber || isTimer ? 'source' : publishers.length > 0 && !hasOut ? 'sink' : 'calculator';
  const address = node.subscriber ? describe('subscriber', node.subscriber) : publishers.length ? describe('publisher', publishers[0]) : '';
  const calculator = node.calculator ? describe('calculator', node.calculator) : '';
  const note = kind === 'calculator' ? calculator || node.type : address ? addressNote(address) : node.type;

  return {
    name: node.name,
    type: node.type,
    kind,
    note,
    icon: isTimer ? 'timer' : iconOf(kind === 'calculator' ? `${calculator} ${node.type}` : address),
    subscriber: node.subscriber ?? undefined,
    publishers,
    mark: '',
  };
}

/** @param {any} details of GET /dags/{dag}/details @returns {GraphModel} */
export function modelOfDetails(details) {
  const edges = details.edges.map((/** @type {any} */ edge) => ({ name: edge.name, from: edge.from_node, to: edge.to_node }));
  const withOut = new Set(edges.map((/** @type {GraphEdge} */ edge) => edge.from));
  const describe = (/** @type {string} */ kind, /** @type {string} */ name) =>
    kind === 'subscriber' ? details.subscribers[name]?.source : kind === 'publisher' ? details.publishers[name]?.destination : details.calculators[name]?.type;
  const nodes = Object.values(details.nodes).map((/** @type {any} */ node) => nodeOf(node, withOut.has(node.name), (kind, name) => describe(kind, name) ?? ''));

  return { nodes, edges };
}

/** Of a definition as it is written; what is missing or wrong is left out. @param {any} dag @returns {GraphModel} */
export function modelOfDefinition(dag) {
  const list = (/** @type {any} */ value) => (Array.isArray(value) ? value.filter((item) => item && typeof item === 'object') : []);
  const names = new Set(list(dag?.nodes).map((node) => node.name));
  const edges = list(dag?.edges)
    .filter((edge) => names.has(edge.from_node) && names.has(edge.to_node))
    .map((edge) => ({ name: `${edge.from_node}_to_${edge.to_node}`, from: edge.from_node, to: edge.to_node }));
  const withOut = new Set(edges.map((edge) => edge.from));
  const find = (/** @type {string} */ area, /** @type {string} */ name) => list(dag?.[area]).find((part) => part.name === name);
  const describe = (/** @type {string} */ kind, /** @type {string} */ name) => {
    const part = find(`${kind}s`, name);

    return String((kind === 'subscriber' ? (part?.config?.source ?? part?.source) : kind === 'publisher' ? (part?.config?.destination ?? part?.destination) : part?.type) ?? '');
  };
  const seen = new Set();
  const nodes = [];

  for (const node of list(dag?.nodes)) {
    if (typeof node.name !== 'string' || !node.name || seen.has(node.name)) continue;
    seen.add(node.name);
    nodes.push(
      nodeOf(
        {
          name: node.name,
          type: String(node.type ?? node.config?.type ?? 'CalculationNode'),
          subscriber: node.subscriber ?? node.config?.subscriber,
          calculator: node.calculator ?? node.config?.calculator,
          publishers: list2(node.publishers ?? node.config?.publishers),
        },
        withOut.has(node.name),
        describe,
      ),
    );
  }
  return { nodes, edges };
}

/** @param {any} value @returns {string[]} */
function list2(value) {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : typeof value === 'string' ? [value] : [];
}
