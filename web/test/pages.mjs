// pages.mjs - every page in both themes and three widths: pictures, axe-core, no sideways scroll, budgets.
//
//   node test/pages.mjs PROGRAM PICTURES
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PASSWORD, Server, dags, large, launch, markets, open, runAll, test, until, wrongOf } from './fixture.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '../dist');
const pictures = process.argv[3] ?? 'pictures';
const axe = readFileSync(join(here, '../node_modules/axe-core/axe.min.js'), 'utf8');
const server = new Server(process.argv[2] ?? '../build/dagd', { ...dags, big: large('big', 200), huge: large('huge', 1000), markets: markets('markets', 19) });
const browser = await launch();
const sizes = { wide: [1440, 900], middle: [768, 1000], phone: [390, 844] };

/** Name, address, and what has to be there before a picture is taken. @type {[string, string, string][]} */
const places = [
  ['dashboard', '/', 'tbody tr'],
  ['dag', '/dags/sums', '[data-node=gross]'],
  ['drawer', '/dags/sums?node=gross', '.drawer-body .empty, .drawer-body .error-group'],
  ['folded', '/dags/markets', '.node--group'],
  ['unfolded', '/dags/markets?open=eu_desk&node=eu_desk3_fx', '.frame'],
  ['nodes', '/dags/sums?tab=nodes', 'tbody tr'],
  ['errors', '/dags/sums?tab=errors', '.tab-body .panel'],
  ['metrics', '/dags/sums?tab=metrics', '.chart canvas'],
  ['definition', '/dags/sums?tab=definition', '.code-well'],
  ['revisions', '/dags/sums?tab=revisions', 'tbody tr'],
  ['clone', '/dags/sums?panel=clone', 'dialog[open]'],
  ['why', '/dags/sums?panel=why', 'dialog[open] .note, dialog[open] .findings'],
  ['editor', '/dags/sums/edit', '[data-node=gross]'],
  ['editor_text', '/dags/sums/edit?view=json', '.editor-text'],
  ['new', '/new', '.palette-item'],
  ['dead_letters', '/dags/sums/dead-letters', '.empty, tbody tr'],
  ['components', '/components', '.component'],
  ['users', '/users', 'tbody tr'],
  ['user', '/users/admin', 'tbody tr'],
  ['account', '/account', 'tbody tr'],
  ['audit', '/audit', 'tbody tr'],
  ['server', '/server', '.facts-list'],
  ['help', '/help', '.operations'],
  ['nothing', '/no/such/page', '.empty'],
];

/** What axe-core finds. @param {import('playwright-core').Page} page */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));

  return found.violations.map((/** @type {any} */ one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.target} ${node.any?.[0]?.message ?? ''}`).join(' | ')}`);
}

mkdirSync(pictures, { recursive: true });
await server.start();
{
  const token = server.setup.replace(/.*[#=]/, '');
  const made = await fetch(`${server.url}/api/v1/setup`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: /** @type {string} */ (server.url) }, body: JSON.stringify({ token, name: 'admin', password: PASSWORD }) });

  assert.equal(made.status, 201);
  const cookie = (made.headers.get('set-cookie') ?? '').split(';')[0];
  const me = await (await fetch(`${server.url}/api/v1/me`, { headers: { cookie } })).json();
  const tokens = await fetch(`${server.url}/api/v1/me/tokens`, { method: 'POST', headers: { cookie, 'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token, Origin: /** @type {string} */ (server.url) }, body: JSON.stringify({ name: 'pages', role: 'admin' }) });

  server.token = (await tokens.json()).secret;
}

for (const scheme of /** @type {('light' | 'dark')[]} */ (['light', 'dark']))
  for (const [size, [width, height]] of Object.entries(sizes))
    test(`every page, ${scheme}, ${width} wide`, async () => {
      const wrong = [];
      const gate = await open(browser, server, { width, height, scheme });

      gate.allow.push(/401/);
      for (const [name, address] of [['login', '/login'], ['setup', '/setup#x']]) {
        await gate.goto(address);
        await gate.locator('.gate-card').waitFor();
        await gate.screenshot({ path: join(pictures, `${name}-${size}-${scheme}.png`) });
        wrong.push(...(await violations(gate)).map((/** @type {string} */ line) => `${name}: ${line}`));
      }
      await gate.context().close();
      const page = await open(browser, server, { width, height, scheme, user: 'admin' });

      for (const [name, address, sign] of places) {
        await page.goto(address);
        await page.locator(sign).first().waitFor({ timeout: 15000 }).catch(() => wrong.push(`${name}: ${sign} never came`));
        await page.screenshot({ path: join(pictures, `${name}-${size}-${scheme}.png`) });
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

        if (beyond > 0) wrong.push(`${name}: ${beyond} px wider than the window`);
        wrong.push(...(await violations(page)).map((/** @type {string} */ line) => `${name}: ${line}`));
      }
      wrong.push(...wrongOf(page));
      await page.context().close();
      assert.deepEqual(wrong, []);
    });

/** A reply of the server that it doesn't give by itself. @param {any} page @param {string} address @param {number} status @param {any} body */
const answer = (page, address, status, body) => page.route(address, (/** @type {any} */ route) => route.fulfill({ status, contentType: status < 400 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) }));
const broken = { type: 'about:blank', title: 'Internal Server Error', status: 500, detail: 'the list could not be read', code: 'internal', request_id: '6a0f2d31c5b84e97' };
const none = { items: [], next_cursor: null, total: 0 };

/** What pages show while they have nothing else: name, how it comes to that, and its sign. @type {[string, (page: any) => Promise<void>, string][]} */
const states = [
  ['state_loading', async (page) => {
    await page.route('**/api/v1/dags/sums/details', () => {});
    await page.goto('/dags/sums');
  }, '.skeleton:not(.skeleton--waiting)'],
  ['state_loading_list', async (page) => {
    await page.route('**/api/v1/audit?*', () => {});
    await page.goto('/audit');
  }, '.skeleton:not(.skeleton--waiting)'],
  ['state_empty', async (page) => {
    await answer(page, '**/api/v1/dags?*', 200, none);
    await page.route('**/api/v1/totals', async (route) => {
      const reply = await route.fetch();

      await route.fulfill({ json: { ...(await reply.json()), dags: 0, states: {}, attention: [] } });
    });
    await page.goto('/');
  }, '.empty'],
  ['state_no_match', async (page) => page.goto('/?q=nothing_is_called_that'), '.empty'],
  ['state_error', async (page) => {
    await answer(page, '**/api/v1/components', 500, broken);
    await page.goto('/components');
  }, '.empty--failed'],
  ['state_part_failed', async (page) => {
    await answer(page, '**/api/v1/me/tokens*', 500, broken);
    await page.goto('/account');
  }, '.empty--failed'],
  ['state_invalid', async (page) => page.goto('/dags/broken'), '.reason'],
  ['state_not_found', async (page) => page.goto('/dags/no_such_dag'), '.empty--failed'],
  ['state_forbidden', async (page) => {
    await answer(page, '**/api/v1/users?*', 403, { ...broken, title: 'Forbidden', status: 403, detail: 'this needs the role admin', code: 'forbidden' });
    await page.goto('/users');
  }, '.empty--failed'],
  ['state_away', async (page) => {
    await page.goto('/dags/sums');
    await page.locator('[data-node=gross]').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Revisions' }).click();
  }, '.banner--failed'],
  ['state_away_list', async (page) => {
    await page.goto('/');
    await page.locator('tbody tr').first().waitFor();
    await page.context().setOffline(true);
    await page.getByLabel('Filter by name').fill('su');
  }, '.banner--failed'],
  ['state_session_ended', async (page) => {
    await page.goto('/');
    await page.locator('tbody tr').first().waitFor();
    await page.context().clearCookies();
    await page.getByLabel('Filter by name').fill('su');
    await page.getByText('Your login has ended').waitFor();
  }, '.gate-card'],
];

for (const scheme of /** @type {('light' | 'dark')[]} */ (['light', 'dark']))
  for (const [size, [width, height]] of Object.entries(sizes))
    test(`loading, empty and failed, ${scheme}, ${width} wide`, async () => {
      const wrong = [];
      const page = await open(browser, server, { width, height, scheme, user: 'admin' });

      page.allow.push(/Failed to load resource/);
      for (const [name, make, sign] of states) {
        await make(page);
        await page.locator(sign).first().waitFor({ timeout: 15000 }).catch(() => wrong.push(`${name}: ${sign} never came`));
        await page.screenshot({ path: join(pictures, `${name}-${size}-${scheme}.png`) });
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

        if (beyond > 0) wrong.push(`${name}: ${beyond} px wider than the window`);
        wrong.push(...(await violations(page)).map((/** @type {string} */ line) => `${name}: ${line}`));
        await page.context().setOffline(false);
        await page.unrouteAll({ behavior: 'ignoreErrors' });
      }
      wrong.push(...wrongOf(page));
      await page.context().close();
      assert.deepEqual(wrong, []);
    });

test('budgets of the files', async () => {
  const size = (/** @type {string} */ name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  const all = readdirSync(dist).filter((name) => !/\.(gz|br)$/.test(name) && name !== 'licenses.txt');
  const page = await open(browser, server, { user: 'admin' });
  /** @type {Set<string>} */
  const loaded = new Set();

  page.on('response', (/** @type {any} */ reply) => {
    const { pathname } = new URL(reply.url());

    if (!pathname.startsWith('/api/')) loaded.add(pathname === '/' ? 'index.html' : pathname.slice(1));
  });
  await page.goto('/');
  await page.locator('tbody tr').first().waitFor();
  const first = [...loaded].filter((name) => name !== 'icon.svg');
  const kib = (/** @type {string[]} */ names) => names.reduce((sum, name) => sum + size(name), 0) / 1024;

  console.log(`# first load ${kib(first).toFixed(1)} KiB in ${first.length} requests; whole page ${kib(all).toFixed(1)} KiB`);
  assert.ok(kib(first) <= 80, `first load: ${kib(first)} KiB`);
  assert.ok(kib(all) <= 280, `whole page: ${kib(all)} KiB`);
  await page.context().close();
});

test('first paint, median of five', async () => {
  const times = [];

  for (let i = 0; i < 5; i++) {
    const page = await open(browser, server);

    await page.goto('/login');
    times.push(await until('it is painted', () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)));
    await page.context().close();
  }
  const median = times.sort((a, b) => a - b)[2];

  console.log(`# first contentful paint: median ${median.toFixed(0)} ms of ${times.map((time) => time.toFixed(0)).join(', ')}`);
  assert.ok(median <= 1500);
});

/** Goes to another page as a link does, and says how long until `sign` is there. @param {any} page @param {string} address @param {string} sign */
async function timeTo(page, address, sign) {
  const begin = Date.now();

  await page.evaluate((/** @type {string} */ to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, address);
  await page.locator(sign).first().waitFor({ timeout: 30000 });
  return Date.now() - begin;
}

test('a DAG of 200 nodes is drawn soon, and an update costs little', async () => {
  const page = await open(browser, server, { user: 'admin' });
  const drawn = await timeTo(page, '/dags/big', '[data-node]');
  const tools = await page.context().newCDPSession(page);
  const script = async () => (await tools.send('Performance.getMetrics')).metrics.find((/** @type {any} */ one) => one.name === 'ScriptDuration')?.value ?? 0;
  const updates = () => page.evaluate(() => /** @type {any} */ (window).updates);

  await page.evaluate(() => {
    /** @type {any} */ (window).updates = 0;
    new MutationObserver(() => /** @type {any} */ (window).updates++).observe(/** @type {Element} */ (document.querySelector('.pulse')), { subtree: true, characterData: true, childList: true, attributes: true });
  });
  await tools.send('Performance.enable');
  const feed = setInterval(() => server.call('POST', '/dags/big/subscribers/in/messages', { a: Math.random() }).catch(() => {}), 100);
  const before = await script();

  await until('twelve updates came', async () => (await updates()) >= 12, 30000);
  clearInterval(feed);
  const each = ((await script()) - before) * 1000 / (await updates());

  console.log(`# 200 nodes: drawn after ${drawn} ms, ${each.toFixed(1)} ms of script for an update`);
  assert.ok(drawn < 5000, `drawn after ${drawn} ms`);
  await page.context().close();
});

test('a DAG of 1,000 nodes stays usable', async () => {
  const page = await open(browser, server, { user: 'admin' });

  await page.evaluate(() => {
    /** @type {any} */ (window).longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (/** @type {any} */ (window).longest = Math.max(/** @type {any} */ (window).longest, entry.duration)))).observe({ type: 'longtask' });
  });
  const folded = await timeTo(page, '/dags/huge', '.node--group');
  const cards = await page.locator('[data-node]').count();

  await page.getByLabel('Find node').fill('node_777');
  await page.getByRole('option', { name: 'node_777' }).waitFor();
  await page.getByLabel('Find node').press('Enter');
  await page.locator('[data-node=node_777]').waitFor();
  await page.locator('.drawer').getByRole('heading', { name: 'node_777' }).waitFor();
  await page.locator('.drawer').getByRole('button', { name: 'Close' }).click();
  const drawn = await timeTo(page, '/dags/huge?groups=none', '.crowd-nodes');
  const box = await page.locator('.graph').boundingBox();

  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -240);
  await page.locator('[data-node]').first().waitFor();
  await page.mouse.down();
  for (let i = 0; i < 30; i++) await page.mouse.move(box.x + box.width / 2 + i * 8, box.y + box.height / 2);
  await page.mouse.up();
  const seen = await page.locator('[data-node]').count();

  await page.getByLabel('Find node').fill('node_333');
  await page.getByLabel('Find node').press('Enter');
  await page.locator('[data-node=node_333]').waitFor();
  await page.locator('.drawer').getByRole('heading', { name: 'node_333' }).waitFor();
  const longest = await page.evaluate(() => /** @type {any} */ (window).longest);

  console.log(`# 1,000 nodes: folded to ${cards} cards after ${folded} ms; all drawn after ${drawn} ms, longest task ${longest.toFixed(0)} ms, ${seen} nodes in the document`);
  assert.ok(cards <= 60, `${cards} cards`);
  assert.ok(seen < 400);
  assert.ok(drawn < 12000, `drawn after ${drawn} ms`);
  await page.context().close();
});

test('neither the heap nor the document grows while updates and pages come and go', async () => {
  const page = await open(browser, server, { user: 'admin' });
  const tools = await page.context().newCDPSession(page);
  /* the server's own events, two hours of them in seconds: each delta of the stream is given again */
  await page.evaluate(() => {
    const listen = EventSource.prototype.addEventListener;

    /** @type {any} */ (window).replayed = 0;
    EventSource.prototype.addEventListener = function (/** @type {string} */ kind, /** @type {any} */ take, /** @type {any} */ more) {
      listen.call(this, kind, (event) => {
        take.call(this, event);
        if (kind !== 'delta') return;
        const { topic, data } = JSON.parse(/** @type {MessageEvent} */ (event).data);

        for (let i = 0; i < 100; i++) {
          for (const row of data.nodes ?? []) [row[1], row[3]] = [row[1] + 1, (i * 7) % 1000];
          take.call(this, new MessageEvent('delta', { data: JSON.stringify({ topic, data }) }));
          /** @type {any} */ (window).replayed++;
        }
      }, more);
    };
  });
  const visit = async () => {
    for (const [address, sign] of [['/dags/big', '[data-node]'], ['/dags/big?node=node_7', '.drawer'], ['/dags/big?tab=metrics', '.chart canvas'], ['/', 'tbody tr'], ['/dags/heartbeat?node=tick', '.drawer'], ['/dags/sums/edit?view=both', '.cm-content'], ['/audit', 'tbody tr'], ['/server', '.facts-list'], ['/users', 'tbody tr'], ['/components', '.component']])
      await timeTo(page, address, sign);
  };
  const weigh = async () => {
    await tools.send('HeapProfiler.collectGarbage');
    await tools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await tools.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await tools.send('Memory.getDOMCounters');

    return { heap: usedSize / 1024 / 1024, nodes, listeners: jsEventListeners };
  };
  const feed = setInterval(() => server.call('POST', '/dags/big/subscribers/in/messages', { a: Math.random() }).catch(() => {}), 200);
  const rest = async (/** @type {number} */ more) => {
    const before = await page.evaluate(() => /** @type {any} */ (window).replayed);

    await timeTo(page, '/dags/big', '[data-node]');
    await until(`${more} updates came`, async () => (await page.evaluate(() => /** @type {any} */ (window).replayed)) >= before + more, 120000);
    await timeTo(page, '/components', '.component');
  };

  await visit();
  await visit();
  await rest(1000);
  const first = await weigh();

  for (let i = 0; i < 6; i++) await visit();
  await rest(7200);
  const last = await weigh();

  clearInterval(feed);
  console.log(`# after 7,200 more updates and 60 more pages: heap ${first.heap.toFixed(1)} -> ${last.heap.toFixed(1)} MiB, nodes ${first.nodes} -> ${last.nodes}, listeners ${first.listeners} -> ${last.listeners}`);
  assert.ok(last.heap - first.heap < 10, `the heap grew by ${(last.heap - first.heap).toFixed(1)} MiB`);
  assert.ok(last.nodes < first.nodes * 1.2 + 500, `${first.nodes} nodes became ${last.nodes}`);
  await page.context().close();
});

const failed = await runAll();

await browser.close();
await server.stop();
server.remove();
process.exit(failed ? 1 : 0);
