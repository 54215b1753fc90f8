// fixture.mjs - the real server with real DAGs, Debian's Chromium, and tests that speak TAP.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

export const PASSWORD = 'purple mango tractor 9';
const START_MS = 20000;
const STOP_MS = 30000;

/** DAGs that need no outside service. */
export const dags = {
  heartbeat: {
    name: 'heartbeat',
    publishers: [{ name: 'beats', config: { destination: 'mem://topic/beats' } }],
    nodes: [{ name: 'tick', type: 'MetronomeNode', config: { interval: 0.2 }, publishers: ['beats'] }],
  },
  sums: {
    name: 'sums',
    subscribers: [{ name: 'orders', config: { source: 'mem://queue/orders', max_depth: 500 } }],
    publishers: [{ name: 'totals', config: { destination: 'file://totals.jsonl' } }],
    calculators: [{ name: 'add', type: 'AdditionCalculator', config: { arguments: ['net', 'tax'], output_attribute: 'gross' } }],
    nodes: [
      { name: 'read', type: 'SubscriptionNode', config: {}, subscriber: 'orders' },
      { name: 'gross', type: 'CalculationNode', config: {}, calculator: 'add' },
      { name: 'write', type: 'PublicationNode', config: {}, publishers: ['totals'] },
    ],
    edges: [
      { from_node: 'read', to_node: 'gross' },
      { from_node: 'gross', to_node: 'write' },
    ],
  },
  evening: {
    name: 'evening',
    start_time: '17:00',
    duration: '2h',
    subscribers: [{ name: 'late', config: { source: 'mem://queue/late' } }],
    publishers: [{ name: 'out', config: { destination: 'mem://queue/evening_out' } }],
    nodes: [
      { name: 'take', type: 'SubscriptionNode', config: {}, subscriber: 'late' },
      { name: 'give', type: 'PublicationNode', config: {}, publishers: ['out'] },
    ],
    edges: [{ from_node: 'take', to_node: 'give' }],
  },
  /** What is too large to be added becomes a dead letter that can be fed again. */
  letters: {
    name: 'letters',
    subscribers: [{ name: 'in', config: { source: 'mem://queue/letters' } }],
    publishers: [{ name: 'out', config: { destination: 'mem://queue/letters_out' } }],
    calculators: [{ name: 'sum', type: 'AdditionCalculator', config: { arguments: ['a', 'b'], output_attribute: 'sum' } }],
    nodes: [
      { name: 'read', type: 'SubscriptionNode', config: {}, subscriber: 'in', calculator: 'sum' },
      { name: 'send', type: 'PublicationNode', config: {}, publishers: ['out'] },
    ],
    edges: [{ from_node: 'read', to_node: 'send' }],
  },
  broken: { name: 'broken', calculators: [{ name: 'x', type: 'NoSuchCalculator' }], nodes: [{ name: 'n', type: 'CalculationNode', config: {}, calculator: 'x' }] },
};

/** A chain of `count` nodes in rows of 20. @param {string} name @param {number} count */
export function large(name, count) {
  const nodes = [];
  const edges = [];

  for (let i = 0; i < count; i++) {
    nodes.push(i === 0 ? { name: 'node_0', type: 'SubscriptionNode', config: {}, subscriber: 'in' } : { name: `node_${i}`, type: 'CalculationNode', config: {}, calculator: 'pass' });
    if (i > 0) edges.push({ from_node: `node_${i % 20 === 0 ? 0 : i - 1}`, to_node: `node_${i}` });
  }
  return { name, subscribers: [{ name: 'in', config: { source: `mem://queue/${name}` } }], calculators: [{ name: 'pass', type: 'PassthruCalculator', config: {} }], nodes, edges };
}

/** Markets with desks that read, clean, sum and write: names that tell what belongs together. @param {string} name @param {number} desks of each of ten markets */
export function markets(name, desks) {
  const nodes = [];
  const edges = [];
  const steps = ['read', 'clean', 'fx', 'sum', 'risk'];

  for (const market of ['eu', 'us', 'jp', 'uk', 'hk', 'sg', 'au', 'br', 'za', 'ca']) {
    for (let desk = 1; desk <= desks; desk++)
      for (const [i, step] of steps.entries()) {
        const at = `${market}_desk${desk}_${step}`;

        nodes.push(i === 0 ? { name: at, type: 'SubscriptionNode', config: {}, subscriber: 'in' } : { name: at, type: 'CalculationNode', config: {}, calculator: 'pass' });
        if (i > 0) edges.push({ from_node: `${market}_desk${desk}_${steps[i - 1]}`, to_node: at });
      }
    nodes.push({ name: `${market}_total`, type: 'CalculationNode', config: {}, calculator: 'pass' });
    for (let desk = 1; desk <= desks; desk++) edges.push({ from_node: `${market}_desk${desk}_risk`, to_node: `${market}_total` });
    edges.push({ from_node: `${market}_total`, to_node: 'world' });
  }
  nodes.push({ name: 'world', type: 'PublicationNode', config: {}, publishers: ['out'] });
  return {
    name,
    subscribers: [{ name: 'in', config: { source: `mem://queue/${name}` } }],
    publishers: [{ name: 'out', config: { destination: `mem://topic/${name}` } }],
    calculators: [{ name: 'pass', type: 'PassthruCalculator', config: {} }],
    nodes,
    edges,
  };
}

export class Server {
  /** @param {string} program @param {Record<string, any>} files */
  constructor(program, files) {
    this.program = program;
    this.root = mkdtempSync(join(tmpdir(), 'dagd-page-'));
    for (const folder of ['dags', 'files']) mkdirSync(join(this.root, folder));
    for (const [name, dag] of Object.entries(files)) writeFileSync(join(this.root, 'dags', `${name}.json`), JSON.stringify(dag, null, 2));
    this.port = 0;
    this.setup = '';
    /** @type {string[]} */
    this.log = [];
  }

  async start() {
    const at = (/** @type {string} */ folder) => join(this.root, folder);

    this.process = spawn(this.program, ['serve', '--dags', at('dags'), '--data', at('data'), '--file-root', at('files'), '--listen', `127.0.0.1:${this.port}`, '--start-all', ...(process.env.DAGD_WEB_DIR ? ['--web-dir', process.env.DAGD_WEB_DIR] : [])], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.process?.once('exit', resolve));
    const ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready after ${START_MS} ms:\n${this.log.join('\n')}`)), START_MS);

      for (const stream of [this.process?.stdout, this.process?.stderr])
        createInterface({ input: /** @type {any} */ (stream) }).on('line', (line) => {
          this.log.push(line);
          if (/setup/.test(line) && /http/.test(line)) this.setup = line.slice(line.indexOf('http'));
          if (line.startsWith('ready: ')) {
            clearTimeout(timer);
            this.url = line.slice('ready: '.length).replace(/\/$/, '');
            this.port = Number(new URL(this.url).port);
            resolve(undefined);
          }
        });
      this.process?.once('exit', (code) => reject(new Error(`ended with ${code}:\n${this.log.join('\n')}`)));
    });

    await ready;
  }

  async stop() {
    if (!this.process || this.process.exitCode !== null) return;
    const timer = setTimeout(() => this.process?.kill('SIGKILL'), STOP_MS);

    this.process.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
  }

  /** Calls the REST API with a token. @param {string} method @param {string} path @param {any} [body] @param {Record<string, string>} [headers] */
  async call(method, path, body, headers = {}) {
    const reply = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await reply.text();

    return { status: reply.status, etag: reply.headers.get('ETag') ?? '', text, body: text && (reply.headers.get('Content-Type') ?? '').includes('json') ? JSON.parse(text) : null };
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Asks again until it holds, or the time is up. @param {string} what @param {() => Promise<any>} ask @param {number} [limit] ms */
export async function until(what, ask, limit = 15000) {
  const end = Date.now() + limit;

  for (;;) {
    const answer = await ask();

    if (answer) return answer;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--font-render-hinting=none'] });
}

/**
 * A page of its own login; what goes wrong on it is collected in `page.wrong`.
 * @param {import('playwright-core').Browser} browser @param {Server} server @param {{ width?: number, height?: number, scheme?: 'light' | 'dark', user?: string }} [how]
 */
export async function open(browser, server, how = {}) {
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: how.width ?? 1440, height: how.height ?? 900 }, colorScheme: how.scheme ?? 'light', reducedMotion: 'reduce', acceptDownloads: true });
  const page = /** @type {import('playwright-core').Page & { wrong: string[], allow: RegExp[] }} */ (await context.newPage());

  failing.pages.push(page);
  page.setDefaultTimeout(10000);
  page.wrong = [];
  page.allow = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') page.wrong.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => page.wrong.push(`error: ${error.stack}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(/** @type {string} */ (server.url)) && !/^(data|blob):/.test(request.url())) page.wrong.push(`another origin: ${request.url()}`);
  });
  if (how.user) {
    await page.goto('/login');
    page.allow.push(/401/);
    await page.getByLabel('Name', { exact: true }).fill(how.user);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname === '/');
  }
  return page;
}

/** What went wrong on a page and isn't meant to. @param {any} page */
export function wrongOf(page) {
  return page.wrong.filter((/** @type {string} */ line) => !page.allow.some((/** @type {RegExp} */ pattern) => pattern.test(line)));
}

/** @type {{ name: string, run: () => Promise<void> }[]} */
const tests = [];

/** @param {string} name @param {() => Promise<void>} run */
export function test(name, run) {
  tests.push({ name, run });
}

/** A picture of each page that is open when a test fails, for DAGD_PICTURES. */
const failing = {
  /** @type {any[]} */
  pages: [],
  /** @param {string} name */
  async shoot(name) {
    if (!process.env.DAGD_PICTURES) return;
    for (const [i, page] of this.pages.filter((one) => !one.isClosed()).entries())
      await page.screenshot({ path: join(process.env.DAGD_PICTURES, `failed-${name.replace(/\W+/g, '_')}-${i}.png`), timeout: 5000 }).catch(() => {});
  },
};

/** Runs all, or those whose name matches DAGD_TEST, a regular expression; prints TAP. */
export async function runAll() {
  const chosen = tests.filter(({ name }) => new RegExp(process.env.DAGD_TEST ?? '').test(name));
  let failed = 0;

  console.log(`1..${chosen.length}`);
  for (const [i, { name, run }] of chosen.entries()) {
    try {
      await run();
      console.log(`ok ${i + 1} - ${name}`);
    } catch (error) {
      failed++;
      await failing.shoot(name);
      console.log(`not ok ${i + 1} - ${name}`);
      for (const line of String(/** @type {Error} */ (error).stack ?? error).split('\n').slice(0, 25)) console.log(`# ${line}`);
    }
  }
  return failed;
}
