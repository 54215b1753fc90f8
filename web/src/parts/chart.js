// chart.js - series over time on uPlot, loaded when the first chart is shown; colours come from the tokens.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../app/api.js';
import { clock, short } from '../app/format.js';
import { html } from '../app/html.js';
import { theme } from '../app/store.js';
import { text } from '../app/text.js';

const tokens = { in: '--series-rate', out: '--series-latency', errors: '--series-error', queue: '--series-queue' };
const dashes = { queue: [5, 3] };

/** @param {string} name */
function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** @param {any} data of GET /dags/{dag}/metrics @param {string[]} lines */
function columns(data, lines) {
  const from = Date.parse(data.from) / 1000;
  const step = data.step_ms / 1000;

  return [data[lines[0]].map((/** @type {any} */ _, /** @type {number} */ i) => from + i * step), ...lines.map((line) => data[line])];
}

/** @param {string[]} lines @param {number} width @param {number} height */
function options(lines, width, height) {
  const axis = { stroke: token('--chart-axis'), font: `11px ${token('--font-ui')}`, grid: { stroke: token('--chart-grid'), width: 1 }, ticks: { show: false } };

  return {
    width,
    height,
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    legend: { show: false },
    padding: [8, 4, 0, 0],
    axes: [
      { ...axis, size: 24, grid: { show: false }, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((tick) => clock(tick * 1000).slice(0, 5)) },
      { ...axis, size: 42, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((tick) => short(tick)) },
    ],
    scales: { y: { range: (/** @type {any} */ _, /** @type {number} */ _low, /** @type {number} */ high) => [0, Math.max(1, high * 1.1)] } },
    series: [
      {},
      ...lines.map((line, i) => {
        const color = token(tokens[/** @type {keyof typeof tokens} */ (line)]);

        return { label: line, stroke: color, width: 1.75, dash: dashes[/** @type {keyof typeof dashes} */ (line)], fill: i === 0 && lines.length === 1 ? `${color}1a` : undefined, points: { show: false }, spanGaps: false };
      }),
    ],
  };
}

/** @param {{ url: (to: number) => string, lines: string[], every: number, height: number, label: string }} props `url` by the end, ms since 1970 */
export function SeriesChart({ url, lines, every, height, label }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {any} */ (null));
  const [error, setError] = useState('');
  const [last, setLast] = useState(/** @type {any} */ (null));
  const address = url(0);

  useEffect(() => {
    let isCurrent = true;
    /** @type {any} */
    let timer = null;
    const draw = async () => {
      try {
        const [{ default: Plot }, data] = await Promise.all([import('uplot'), get(url(Date.now()))]);
        const element = host.current;

        if (!isCurrent || !element) return;
        const values = columns(data, lines);

        if (plot.current) plot.current.setData(values);
        else plot.current = new Plot(/** @type {any} */ (options(lines, element.clientWidth, height)), /** @type {any} */ (values), element);
        setError('');
        setLast(data);
      } catch (reason) {
        if (isCurrent) setError(String(/** @type {any} */ (reason)?.message ?? reason));
      }
      if (isCurrent) timer = setTimeout(draw, every);
    };
    const resizing = new ResizeObserver(() => host.current && plot.current?.setSize({ width: host.current.clientWidth, height }));

    draw();
    if (host.current) resizing.observe(host.current);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      resizing.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [address, theme.value]);
  const newest = last?.[lines[0]]?.filter((/** @type {any} */ value) => value !== null).at(-1);

  return html`<div class="chart" role="img" aria-label=${text.chart.label(label, short(newest))} ref=${host}></div>${error && html`<p class="muted">${error}</p>`}`;
}
