// gauge.js - the ten ticks of a queue, and sparklines.
import { html } from '../app/html.js';
import { UNKNOWN } from '../app/format.js';
import { text } from '../app/text.js';
import { Glyph } from './icon.js';

/** "ok" under 50 %, "busy" up to 80 %, "full" above. @param {number | null} fill 0..1 */
export function fillKind(fill) {
  return fill === null || fill < 0.5 ? 'ok' : fill <= 0.8 ? 'busy' : 'full';
}

/** @param {{ fill: number | null, wide?: boolean, bare?: boolean }} props fill 0..1, null: unknown */
export function Gauge({ fill, wide, bare }) {
  if (fill === null) return html`<span class="gauge"><span class="gauge-value muted">${UNKNOWN}</span></span>`;
  const kind = fillKind(fill);
  const on = fill <= 0 ? 0 : Math.min(10, Math.max(1, Math.round(fill * 10)));
  const step = wide ? 7 : 5;

  return html`<span class="gauge gauge--${kind}">
    ${kind !== 'ok' && html`<span class="gauge-mark"><${Glyph} name=${kind} label=${text.queue[kind]} /></span>`}
    <svg width=${step * 10 - 2} height=${wide ? 16 : 12} aria-hidden="true">
      ${Array.from({ length: 10 }, (_, i) => html`<rect class=${i < on ? 'on' : ''} x=${i * step} y="0" width=${wide ? 4 : 3} height="100%" rx="1" />`)}
    </svg>
    ${!bare && html`<span class="gauge-value">${Math.round(fill * 100)}%</span>`}
  </span>`;
}

/** A line over time; null values are gaps. @param {{ values: (number | null)[], width?: number, height?: number, tone?: string }} props */
export function Spark({ values, width = 88, height = 20, tone = '' }) {
  const known = values.filter((value) => value !== null);

  if (known.length < 2)
    return html`<svg class="spark spark--flat" width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
      <path d="M0 ${height - 1.5}H${width}" />
    </svg>`;
  const top = Math.max(...known, 1e-9);
  const step = width / (values.length - 1);
  const y = (/** @type {number} */ value) => (height - 1.5 - (value / top) * (height - 4)).toFixed(1);
  let line = '';
  let area = '';
  let start = -1;

  values.forEach((value, i) => {
    if (value === null) return;
    const x = (i * step).toFixed(1);
    const begins = i === 0 || values[i - 1] === null;

    line += `${begins ? 'M' : 'L'}${x} ${y(value)}`;
    if (begins) start = i;
    if (i === values.length - 1 || values[i + 1] === null) {
      const points = values.slice(start, i + 1).map((v, j) => `L${((start + j) * step).toFixed(1)} ${y(/** @type {number} */ (v))}`);

      area += `M${(start * step).toFixed(1)} ${height}${points.join('')}L${x} ${height}Z`;
    }
  });
  return html`<svg class="spark ${tone ? `spark--${tone}` : ''}" width=${width} height=${height} viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    <path class="spark-area" d=${area} /><path d=${line} />
  </svg>`;
}
