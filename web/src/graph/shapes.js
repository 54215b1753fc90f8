// shapes.js - the geometry of cards and edges, as SVG paths.

/** Cards of a running DAG, on phones, and in the editor. */
export const CARD = { width: 146, height: 78, rule: 50 };
export const CARD_PHONE = { width: 112, height: 52, rule: 0 };
export const CARD_EDITOR = { width: 156, height: 54, rule: 0 };

/**
 * A card whose source side is round, whose sink side is round, or that is square.
 * @param {number} width @param {number} height @param {'source' | 'calculator' | 'sink'} kind @param {'LR' | 'TB'} direction @param {number} [grow]
 */
export function cardPath(width, height, kind, direction, grow = 0) {
  const small = 6 + grow / 2;
  const round = 17 + grow / 2;
  const isBegin = kind === 'source';
  const isEnd = kind === 'sink';
  const isAcross = direction === 'LR';
  const [a, b, c, d] = isAcross
    ? [isBegin ? round : small, isEnd ? round : small, isEnd ? round : small, isBegin ? round : small]
    : [isBegin ? round : small, isBegin ? round : small, isEnd ? round : small, isEnd ? round : small];
  const w = width + 2 * grow;
  const h = height + 2 * grow;

  return `M${a} 0H${w - b}A${b} ${b} 0 0 1 ${w} ${b}V${h - c}A${c} ${c} 0 0 1 ${w - c} ${h}H${d}A${d} ${d} 0 0 1 0 ${h - d}V${a}A${a} ${a} 0 0 1 ${a} 0Z`;
}

/**
 * From the end of one card to the begin of another.
 * @param {[number, number]} from upper left corner @param {[number, number]} to @param {{ width: number, height: number }} size @param {'LR' | 'TB'} direction
 */
export function edgeOf(from, to, size, direction) {
  const isAcross = direction === 'LR';
  const [x1, y1] = isAcross ? [from[0] + size.width, from[1] + size.height / 2] : [from[0] + size.width / 2, from[1] + size.height];
  const [x2, y2] = isAcross ? [to[0] - 8, to[1] + size.height / 2] : [to[0] + size.width / 2, to[1] - 8];
  const reach = Math.max(24, (isAcross ? Math.abs(x2 - x1) : Math.abs(y2 - y1)) / 2);
  const path = isAcross
    ? `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`
    : `M${x1} ${y1}C${x1} ${y1 + reach} ${x2} ${y2 - reach} ${x2} ${y2}`;
  const head = isAcross ? `M${x2} ${y2 - 5}V${y2 + 5}L${x2 + 8} ${y2}Z` : `M${x2 - 5} ${y2}H${x2 + 5}L${x2} ${y2 + 8}Z`;
  const isStraight = isAcross ? Math.abs(y1 - y2) < 4 : false;

  return { path, head, middle: /** @type {[number, number]} */ ([(x1 + x2) / 2, (y1 + y2) / 2 - (isStraight ? 13 : 0)]) };
}

/** The width of an edge's bed by its rate. @param {number | null} rate messages a second */
export function bedWidth(rate) {
  return rate ? 1.5 + 1.15 * Math.max(0, Math.log10(rate)) : 1.5;
}

/** What fits into a width, with an ellipsis. @param {string} text @param {number} characters */
export function cut(text, characters) {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}
