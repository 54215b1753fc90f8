// line_diff.js - a unified diff by lines, for two texts that the browser has.

const CONTEXT = 3;
/** Beyond so many differing lines one block replaces the other. */
const LINES_MAX = 3000;

/** The lines of the longest common part. @param {string[]} a @param {string[]} b @returns {[number, number][]} */
function common(a, b) {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  /** @type {[number, number][]} */
  const pairs = [];

  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** @param {string} before @param {string} after */
export function lineDiff(before, after) {
  const a = before.replace(/\n$/, '').split('\n');
  const b = after.replace(/\n$/, '').split('\n');
  let begin = 0;
  let end = 0;

  while (begin < a.length && begin < b.length && a[begin] === b[begin]) begin++;
  while (end < a.length - begin && end < b.length - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [left, right] = [a.slice(begin, a.length - end), b.slice(begin, b.length - end)];

  if (left.length === 0 && right.length === 0) return '';
  const pairs = left.length + right.length > LINES_MAX ? [] : common(left, right);
  /** @type {string[]} */
  const lines = a.slice(Math.max(0, begin - CONTEXT), begin).map((line) => ` ${line}`);
  let [i, j] = [0, 0];

  for (const [x, y] of [...pairs, /** @type {[number, number]} */ ([left.length, right.length])]) {
    while (i < x) lines.push(`-${left[i++]}`);
    while (j < y) lines.push(`+${right[j++]}`);
    if (x < left.length) lines.push(` ${left[x]}`);
    i = x + 1;
    j = y + 1;
  }
  lines.push(...a.slice(a.length - end, a.length - end + CONTEXT).map((line) => ` ${line}`));
  return `@@ -${Math.max(1, begin - CONTEXT + 1)} +${Math.max(1, begin - CONTEXT + 1)} @@\n${lines.join('\n')}\n`;
}
