// end_to_end.mjs - the page against the real server: what people do, by mouse, by keyboard, in each role.
//
//   node test/end_to_end.mjs PROGRAM
import assert from 'node:assert/strict';
import { PASSWORD, Server, dags, launch, markets, open, runAll, test, until, wrongOf } from './fixture.mjs';

const server = new Server(process.argv[2] ?? '../build/dagd', { ...dags, markets: markets('markets', 19) });
const browser = await launch();
/** @type {any} the admin's page that most tests share */
let page;

/** @param {string} name */
const stateOf = async (name) => (await server.call('GET', `/dags/${name}/state`)).body?.state;
/** @param {RegExp | string} words */
const seesToast = (words) => page.locator('.toast', { hasText: words }).first().waitFor();
const choose = async (/** @type {string} */ menu, /** @type {string} */ item) => {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

test('the link of the first start makes the first admin', async () => {
  await server.start();
  assert.match(server.setup, /\/setup#/);
  page = await open(browser, server);
  page.allow.push(/401/);
  await page.goto(server.setup);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByText('7 characters more').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create admin' }).click();
  await page.getByRole('heading', { name: 'DAGs', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'heartbeat' }).first().waitFor();
});

test('a token works for programs', async () => {
  await page.goto('/account');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('tests');
  await page.getByRole('dialog').getByLabel('Role').selectOption('admin');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  server.token = (await page.locator('.secret').textContent()).trim();
  assert.match(server.token ?? '', /^dct_/);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  assert.equal((await server.call('GET', '/me')).body.name, 'admin');
});

test('a wrong password is refused, and signing out signs out', async () => {
  await page.goto('/');
  await choose('Account: admin', 'Sign out');
  await page.getByText('You have signed out.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Name or password is wrong.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'DAGs', level: 1 }).waitFor();
});

test('the dashboard names what is broken, and filters by the address', async () => {
  await page.getByText('Needs attention').waitFor();
  await page.locator('.attention').getByRole('link', { name: 'broken', exact: true }).waitFor();
  await page.getByRole('button', { name: /^invalid/ }).click();
  await page.waitForURL(/state=invalid/);
  await until('only invalid DAGs are listed', async () => (await page.locator('tbody tr').count()) === 1);
  await page.goto('/?q=even');
  await until('only the filtered DAG is listed', async () => (await page.locator('tbody tr').count()) === 1);
  await page.getByRole('link', { name: 'evening' }).waitFor();
});

test('a DAG is created by upload', async () => {
  const dag = { ...dags.sums, name: 'uploaded', subscribers: [{ name: 'orders', config: { source: 'mem://queue/uploaded' } }], publishers: [{ name: 'totals', config: { destination: 'mem://queue/uploaded_out' } }] };

  await page.goto('/');
  await page.locator('input[type=file]').setInputFiles({ name: 'uploaded.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(dag)) });
  await page.waitForURL(/\/new/);
  await page.getByText('The server finds none').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').getByLabel('Start now').check();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/dags\/uploaded$/);
  await until('it runs', async () => (await stateOf('uploaded')) === 'running');
});

test('each life-cycle action works from the page', async () => {
  const steps = /** @type {[() => Promise<void>, string][]} */ ([
    [() => page.getByRole('button', { name: 'Suspend', exact: true }).click(), 'suspended'],
    [() => page.getByRole('button', { name: 'Resume', exact: true }).click(), 'running'],
    [() => choose('Stop', 'Restart'), 'running'],
    [() => choose('Stop', 'Stop'), 'stopped'],
    [() => page.getByRole('button', { name: 'Start', exact: true }).click(), 'running'],
    [() => choose('Stop', 'Stop at once'), 'stopped'],
    [() => page.getByRole('button', { name: 'Start', exact: true }).click(), 'running'],
  ]);

  for (const [act, state] of steps) {
    await act();
    await until(`it is ${state}`, async () => (await stateOf('uploaded')) === state);
    await page.locator('.dag-head').getByText(state, { exact: true }).waitFor();
  }
});

test('a published message is seen in the tap, and its sum in the output', async () => {
  await page.goto('/dags/sums?node=gross');
  await page.getByRole('button', { name: 'Tap out' }).click();
  await page.getByText('Waiting for a message').waitFor();
  await choose('More actions for sums', 'Publish message');
  await page.getByLabel('Message, as JSON').fill('{"net": 10, "tax": 2}');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('1 message accepted').waitFor();
  await page.keyboard.press('Escape');
  await until('the tap shows it', async () => {
    const shown = await page.locator('.tap-list').textContent();

    if (/"gross":\s*12/.test(shown ?? '')) return true;
    await server.call('POST', '/dags/sums/subscribers/orders/messages', { net: 10, tax: 2 });
    return false;
  });
});

test('an error is induced, named at its node, and cleared', async () => {
  await server.call('POST', '/dags/sums/subscribers/orders/messages', [1, 2]);
  await page.goto('/dags/sums?tab=errors');
  await page.locator('.error-group').first().waitFor();
  await page.goto('/dags/sums?node=gross');
  await page.getByRole('button', { name: 'Clear errors' }).click();
  await seesToast('Errors of gross are cleared');
});

test('a message is published many times, at once and at a rate', async () => {
  const received = async () => Number((await server.call('GET', '/dags/sums/details')).body.subscribers.orders.receive_count);
  const before = await received();

  await page.goto('/dags/sums');
  await choose('More actions for sums', 'Publish message');
  await page.getByLabel('Message, as JSON').fill('{\n  "net": 1,\n  "tax": 2\n}');
  await page.getByLabel('Repeat').fill('0');
  await page.getByText('A whole number from 1 to').waitFor();
  await page.getByLabel('Repeat').fill('2500');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(/^2.500 messages accepted/).waitFor();
  await page.getByLabel('Repeat').fill('4');
  await page.getByLabel('Every, ms').fill('150');
  const begin = Date.now();

  await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('4 messages accepted').waitFor();
  assert.ok(Date.now() - begin >= 400, 'four messages with 150 ms between take longer');
  await page.getByLabel('Repeat').fill('1000');
  await page.getByLabel('Every, ms').fill('2000');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText(/^1 of 1.000 accepted/).waitFor();
  await page.getByRole('button', { name: 'Stop sending' }).click();
  await page.getByText(/^Stopped after 1 of 1.000/).waitFor();
  await page.keyboard.press('Escape');
  await until('all have come', async () => (await received()) - before === 2505);
});

test('a message is stepped through every node, with nothing published', async () => {
  await page.goto('/dags/sums');
  await choose('More actions for sums', 'Step a message');
  await page.getByLabel('Message, as JSON').fill('{"net": 1, "tax": 2}');
  await page.getByRole('dialog').getByRole('button', { name: 'Step', exact: true }).click();
  await page.getByText('totals would get').waitFor();
  await page.keyboard.press('Escape');
});

test('why tells what stands in the way', async () => {
  await page.goto('/dags/evening?panel=why');
  await page.getByRole('dialog').getByRole('heading', { name: 'Why is nothing coming out?' }).waitFor();
  await until('an answer is there', async () => /evening|window|Nothing|nothing|subscriber/i.test((await page.getByRole('dialog').textContent()) ?? ''));
  await page.keyboard.press('Escape');
});

test('a clone gets a window of its own, and its runs are shown before', async () => {
  page.allow.push(/clone\?dry_run/);
  await page.goto('/dags/sums');
  await page.getByRole('button', { name: 'Clone' }).click();
  await page.getByLabel('New name').fill('sums_evening');
  await page.getByRole('button', { name: 'daily' }).click();
  await page.getByLabel('From', { exact: true }).fill('18:00');
  await page.getByLabel('or for').fill('90m');
  await page.getByLabel('Key').first().fill('orders.source');
  await page.getByLabel('Value').first().fill('mem://queue/evening_orders');
  await page.locator('.dialog-side').getByText('sums_evening').first().waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Clone', exact: true }).click();
  await seesToast('sums_evening is there');
  const { body } = await server.call('GET', '/dags/sums_evening');

  assert.equal(body.subscribers[0].config.source, 'mem://queue/evening_orders');
  assert.match(body.start_time, /^18:?00$/);
});

test('a graph of many nodes is folded, and each group opens and folds', async () => {
  await page.goto('/dags/markets');
  await page.locator('.node--group').first().waitFor();
  assert.ok((await page.locator('[data-node]').count()) <= 60);
  await page.locator('[data-node="group:eu_desk"]').click();
  await page.locator('[data-node=eu_desk7_sum]').waitFor();
  assert.match(page.url(), /open=eu_desk/);
  await page.getByRole('button', { name: /^Fold eu_desk/ }).press('Enter');
  await page.locator('[data-node=eu_desk7_sum]').waitFor({ state: 'detached' });
  await until('the focus is on the folded card', () => page.evaluate(() => document.activeElement?.getAttribute('data-node') === 'group:eu_desk'));
  await page.keyboard.press('ArrowRight');
  await until('the focus went along the edge', () => page.evaluate(() => document.activeElement?.getAttribute('data-node') === 'eu_total'));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await until('the focus is in the group', () => page.evaluate(() => document.activeElement?.getAttribute('data-node') === 'eu_desk1_read'));
  await page.getByRole('button', { name: 'Fold all groups' }).click();
  await page.locator('.frame').waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await page.keyboard.type('desk9_risk');
  await page.getByText('10 of 961').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.locator('.frame').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.drawer').getByRole('heading', { name: 'us_desk9_risk' }).waitFor();
  await page.getByLabel('Groups').selectOption('none');
  await page.locator('.node--group').first().waitFor({ state: 'detached' });
  await page.locator('[data-node=us_desk9_risk].node--selected').waitFor();
  assert.match(page.url(), /groups=none/);
});

test('the editor adds and joins nodes by mouse', async () => {
  await page.goto('/dags/uploaded/edit');
  await page.locator('[data-node=gross]').waitFor();
  await page.getByRole('button', { name: 'PassthruCalculator' }).click();
  const made = page.locator('.node--selected');

  await made.waitFor();
  const from = await page.locator('[data-port=gross]').boundingBox();
  const to = await made.boundingBox();

  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 5 });
  await page.mouse.up();
  await until('the edge is drawn', async () => (await page.locator('[data-edge^=gross_to_]').count()) === 2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the edge is undone', async () => (await page.locator('[data-edge^=gross_to_]').count()) === 1);
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.getByText('The server finds none').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('What this means').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/dags\/uploaded$/);
  await until('the new revision runs', async () => (await server.call('GET', '/dags/uploaded/details')).body.running_revision === '2');
});

test('the editor works by keyboard alone', async () => {
  await page.goto('/dags/uploaded/edit');
  await page.locator('[data-node=gross]').waitFor();
  await page.locator('h1').click();
  await page.keyboard.press('a');
  await page.keyboard.type('NullCalculator');
  await page.keyboard.press('Enter');
  await page.locator('.node--selected').waitFor();
  await page.getByLabel('Connect to').focus();
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').waitFor();
  await page.getByText('What this means').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).press('Enter');
  await page.waitForURL(/\/dags\/uploaded$/);
});

test('an invalid change is refused at its place, and nothing is lost', async () => {
  await page.goto('/dags/uploaded/edit?view=both');
  const text = page.locator('.editor-text');

  await text.locator('.cm-content').waitFor();
  await text.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('x');
  await page.getByText('The text isn’t valid JSON').waitFor();
  await page.keyboard.press('Backspace');
  await page.getByText('The text isn’t valid JSON').waitFor({ state: 'hidden' });
  await page.getByLabel('Start', { exact: true }).fill('99:99');
  await page.locator('.problems').getByText('is no time of day').waitFor();
  await page.keyboard.press('Control+s');
  await seesToast('There are problems');
  page.once('dialog', (/** @type {any} */ dialog) => dialog.accept());
  await page.getByRole('link', { name: 'DAGs', exact: true }).first().click();
  await page.goto('/dags/uploaded/edit');
  await page.getByText('This is your draft').waitFor();
  await page.getByRole('button', { name: 'Throw it away' }).click();
});

test('two editors in conflict see both sides', async () => {
  await page.goto('/dags/uploaded/edit');
  await page.getByLabel('Start', { exact: true }).fill('08:00');
  await page.getByLabel('End', { exact: true }).fill('20:00');
  const { text, etag } = await server.call('GET', '/dags/uploaded');
  const theirs = JSON.parse(text);

  theirs.calculators[0].config.output_attribute = 'total';
  assert.equal((await server.call('PUT', '/dags/uploaded', theirs, { 'If-Match': etag })).status, 200);
  page.allow.push(/412/);
  await page.getByText('unsaved changes').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else saved uploaded').waitFor();
  await page.getByText('+      "output_attribute": "total"', { exact: false }).or(page.locator('.diff-line--add', { hasText: 'total' })).first().waitFor();
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await until('the draft is theirs', async () => !/unsaved/.test((await page.locator('.editor-head').textContent()) ?? ''));
});

test('a roll-back makes an old revision the newest', async () => {
  await page.goto('/dags/uploaded?tab=revisions');
  await page.locator('tbody tr', { hasText: 'Roll back' }).last().getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await seesToast('uploaded is back at revision 1');
  await page.locator('tbody tr').first().getByRole('button', { name: 'Changes' }).click();
  await page.locator('.diff-line--cut').first().waitFor();
});

test('many DAGs are stopped at once', async () => {
  await page.goto('/');
  await page.getByLabel('Select heartbeat').check();
  await page.getByLabel('Select sums', { exact: true }).check();
  await page.locator('.bulk').getByRole('button', { name: 'Stop' }).click();
  await until('both have stopped', async () => (await stateOf('heartbeat')) === 'stopped' && (await stateOf('sums')) === 'stopped');
  await page.getByLabel('Select heartbeat').check();
  await page.getByLabel('Select sums', { exact: true }).check();
  await page.locator('.bulk').getByRole('button', { name: 'Start' }).click();
  await until('both run', async () => (await stateOf('heartbeat')) === 'running' && (await stateOf('sums')) === 'running');
});

test('a DAG is deleted only when its name is typed', async () => {
  await page.goto('/dags/sums_evening');
  await choose('More actions for sums_evening', 'Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  assert.equal(await page.getByRole('dialog').count(), 1);
  await page.getByRole('dialog').locator('input').fill('sums_evening');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL((/** @type {URL} */ url) => url.pathname === '/');
  await until('it is gone', async () => (await server.call('GET', '/dags/sums_evening')).status === 404);
});

test('users are made in each role, and see what they may', async () => {
  await page.goto('/users');
  for (const [name, role, scope] of [['vic', 'viewer', ''], ['olga', 'operator', 'sum*']]) {
    await page.getByRole('button', { name: 'Add user' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('dialog').getByLabel('Role').selectOption(role);
    await page.getByRole('dialog').getByLabel(/Scope/).fill(scope);
    await page.getByRole('dialog').getByLabel(/Must change the password/).uncheck();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await seesToast(`${name} may sign in`);
  }
  const viewer = await open(browser, server, { user: 'vic' });

  await viewer.getByRole('link', { name: 'heartbeat' }).first().waitFor();
  assert.equal(await viewer.getByRole('link', { name: 'New DAG' }).count(), 0);
  assert.equal(await viewer.getByRole('link', { name: 'Users' }).count(), 0);
  await viewer.goto('/dags/heartbeat');
  await viewer.locator('[data-node=tick]').waitFor();
  assert.equal(await viewer.getByRole('button', { name: 'Suspend' }).count(), 0);
  assert.deepEqual(wrongOf(viewer), []);
  await viewer.context().close();
  const operator = await open(browser, server, { user: 'olga' });

  await operator.getByRole('link', { name: 'sums', exact: true }).first().waitFor();
  assert.equal(await operator.getByRole('link', { name: 'heartbeat' }).count(), 0);
  await operator.goto('/dags/sums');
  await operator.getByRole('button', { name: 'Suspend' }).waitFor();
  assert.equal(await operator.getByRole('link', { name: 'Edit' }).count(), 0);
  assert.deepEqual(wrongOf(operator), []);
  await operator.context().close();
});

test('a user has a page: role, logins, tokens, password', async () => {
  const own = 'nine slow bicycles 6';

  await page.goto('/users');
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('mia');
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('link', { name: 'mia', exact: true }).click();
  await page.waitForURL(/\/users\/mia$/);
  await page.getByText('must change the password').waitFor();
  const guest = await open(browser, server);

  guest.allow.push(/401/);
  await guest.goto('/login');
  await guest.getByLabel('Name', { exact: true }).fill('mia');
  await guest.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await guest.getByText('Choose one of your own').waitFor();
  await guest.getByLabel('Present password').fill(PASSWORD);
  await guest.getByLabel('New password').fill(own);
  await guest.getByRole('button', { name: 'Save' }).click();
  await guest.getByRole('link', { name: 'heartbeat' }).first().waitFor();
  await guest.goto('/account');
  await guest.getByRole('button', { name: 'New token' }).click();
  await guest.getByRole('dialog').getByLabel('Name').fill('report');
  await guest.getByRole('button', { name: 'Create', exact: true }).click();
  await guest.locator('.secret').waitFor();
  await page.reload();
  await page.getByText('active').waitFor();
  await page.getByRole('region', { name: 'Signed in' }).getByText('127.0.0.1').waitFor();
  await page.getByRole('button', { name: 'Revoke report' }).click();
  await page.getByText('No tokens.').waitFor();
  await page.getByRole('button', { name: 'Role and scope' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption('operator');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('Also starts, stops').waitFor();
  await page.getByRole('button', { name: 'Reset password' }).click();
  await page.getByRole('dialog').getByLabel('New password').fill('three green windows 2');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
  await page.getByText('Nowhere.').waitFor();
  await guest.waitForURL(/\/login/);
  await guest.context().close();
  await choose('More actions for mia', 'Delete');
  await page.getByRole('dialog').locator('input').fill('mia');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL(/\/users$/);
});

test('whoever was given a password chooses one of their own first', async () => {
  const own = 'seven quiet lamps 4';

  assert.equal((await server.call('POST', '/users', { name: 'nell', password: PASSWORD, role: 'viewer', must_change: true })).status, 201);
  const guest = await open(browser, server);

  guest.allow.push(/401/);
  await guest.goto('/login');
  await guest.getByLabel('Name', { exact: true }).fill('nell');
  await guest.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await guest.getByText('Choose one of your own').waitFor();
  await guest.getByLabel('Present password').fill(PASSWORD);
  await guest.getByLabel('New password').fill(own);
  await guest.getByRole('button', { name: 'Save' }).click();
  await guest.getByRole('link', { name: 'heartbeat' }).first().waitFor();
  await guest.goto('/account');
  await guest.getByRole('button', { name: 'Change password' }).click();
  await guest.getByLabel('Present password').fill(own);
  await guest.getByLabel('New password').fill(PASSWORD);
  await guest.getByRole('button', { name: 'Save' }).click();
  await guest.locator('.toast', { hasText: 'The password is changed' }).waitFor();
  await guest.getByRole('button', { name: 'New token' }).click();
  await guest.getByRole('dialog').getByLabel('Name').fill('after');
  await guest.getByRole('button', { name: 'Create', exact: true }).click();
  await guest.locator('.secret').waitFor();
  assert.deepEqual(wrongOf(guest), []);
  await guest.context().close();
});

test('who is disabled while a page streams is signed out at once', async () => {
  const viewer = await open(browser, server, { user: 'vic' });

  await viewer.getByRole('link', { name: 'heartbeat' }).first().waitFor();
  assert.equal((await server.call('PATCH', '/users/vic', { is_disabled: true })).status, 200);
  await viewer.waitForURL(/\/login/);
  await viewer.getByText('Your login has ended').waitFor();
  await viewer.context().close();
});

/**
 * What people do most, through `hands`: a finger, or the keyboard.
 * @param {any} at the page @param {{ press: (target: any) => Promise<void>, write: (target: any, words: string) => Promise<void>, pick: (menu: any, item: string) => Promise<void> }} hands
 */
async function mainTasks(at, { press, write, pick }, /** @type {string} */ clone) {
  const dialog = at.getByRole('dialog');
  const more = at.getByRole('button', { name: 'More actions for uploaded' });
  const head = at.locator('.dag-head');

  await at.goto('/?q=upl');
  await press(at.getByRole('link', { name: 'uploaded', exact: true }).first());
  await at.locator('[data-node=gross]').waitFor();
  await press(head.getByRole('button', { name: 'Suspend' }));
  await until('it is suspended', async () => (await stateOf('uploaded')) === 'suspended');
  await press(head.getByRole('button', { name: 'Resume' }));
  await until('it runs', async () => (await stateOf('uploaded')) === 'running');
  await pick(head.getByRole('button', { name: 'Stop', exact: true }), 'Stop');
  await until('it has stopped', async () => (await stateOf('uploaded')) === 'stopped');
  await press(head.getByRole('button', { name: 'Start' }));
  await until('it runs again', async () => (await stateOf('uploaded')) === 'running');

  await pick(more, 'Publish message');
  await write(at.getByLabel('Message, as JSON'), '{"net": 1, "tax": 1}');
  await press(dialog.getByRole('button', { name: 'Publish', exact: true }));
  await at.getByText('1 message accepted').waitFor();
  await press(dialog.getByRole('button', { name: 'Close' }).last());

  await server.call('POST', '/dags/letters/subscribers/in/messages', '{"a":1e308,"b":1e308}');
  await until('there is a dead letter', async () => (await server.call('GET', '/dags/letters/dead-letters')).body.total > 0);
  await at.goto('/dags/letters');
  await pick(at.getByRole('button', { name: 'More actions for letters' }), 'Dead letters');
  await press(at.getByRole('button', { name: 'Show', exact: true }).first());
  await at.locator('.code-well').first().waitFor();
  await press(at.getByRole('button', { name: 'Feed all again' }));
  await at.locator('.toast', { hasText: /^\d+ messages? fed again/ }).first().waitFor();

  await at.goto('/dags/uploaded');
  await head.getByText('running').waitFor();
  if (await head.getByRole('button', { name: 'Clone' }).isVisible()) await press(head.getByRole('button', { name: 'Clone' }));
  else await pick(more, 'Clone');
  await write(at.getByLabel('New name'), clone);
  await press(dialog.getByRole('button', { name: 'daily' }));
  await write(at.getByLabel('From', { exact: true }), '06:00');
  await write(at.getByLabel('or for'), '2h');
  await dialog.locator('.dialog-side li').first().waitFor();
  await press(dialog.getByRole('button', { name: 'Clone', exact: true }));
  await at.locator('.toast', { hasText: `${clone} is there` }).waitFor();

  const { text } = await server.call('GET', `/dags/${clone}`);

  await at.goto(`/dags/${clone}/edit?view=json`);
  await write(at.locator('.cm-content'), JSON.stringify({ ...JSON.parse(text), duration: '3h' }, null, 2));
  await at.getByText('unsaved changes').waitFor({ state: 'attached' });
  await at.keyboard.press('Control+s');
  await at.getByText('What this means').waitFor();
  await press(dialog.getByRole('button', { name: 'Save' }));
  await at.waitForURL(new RegExp(`/dags/${clone}$`));
  assert.equal((await server.call('GET', `/dags/${clone}`)).body.duration, '3h');

  await press(at.getByRole('link', { name: 'Revisions' }));
  await press(at.getByRole('button', { name: 'Roll back' }).first());
  await press(dialog.getByRole('button', { name: 'Roll back' }));
  await at.locator('.toast', { hasText: `${clone} is back at revision 1` }).waitFor();
  assert.equal((await server.call('GET', `/dags/${clone}`)).body.duration, '2h');
}

test('the main tasks work on a phone', async () => {
  const phone = await open(browser, server, { width: 390, height: 844, user: 'admin' });

  /* Chromium keeps the style of text that is replaced at once, and the policy refuses it: nothing is lost */
  phone.allow.push(/clone\?dry_run/, /Applying inline style/);
  await phone.getByRole('link', { name: 'sums', exact: true }).first().click();
  await phone.locator('[data-node=gross]').click();
  await phone.locator('.drawer').getByRole('heading', { name: 'gross' }).waitFor();
  await phone.locator('.drawer').getByRole('button', { name: 'Close' }).click();
  await phone.getByRole('navigation', { name: 'Main' }).last().getByRole('link', { name: 'Users' }).click();
  await phone.getByRole('heading', { name: 'Users', level: 1 }).waitFor();
  await mainTasks(
    phone,
    {
      press: (target) => target.click(),
      write: (target, words) => target.fill(words),
      pick: async (menu, item) => {
        await menu.click();
        await phone.getByRole('menuitem', { name: item, exact: true }).click();
      },
    },
    'from_a_phone',
  );
  assert.deepEqual(wrongOf(phone), []);
  await phone.context().close();
});

test('the main tasks work by keyboard alone, from signing in on', async () => {
  const keys = await open(browser, server);
  const has = (/** @type {any} */ target) => target.evaluate((/** @type {Element} */ element) => element.matches(':focus')).catch(() => false);
  /** Goes to something as people do: by Tab. @param {any} target */
  const reach = async (target) => {
    await target.waitFor();
    for (let i = 0; i < 150 && !(await has(target)); i++) await keys.keyboard.press('Tab');
    assert.ok(await has(target), `Tab never comes to ${target}`);
  };

  keys.allow.push(/401/, /clone\?dry_run/, /Applying inline style/);
  await keys.goto('/login');
  await keys.getByLabel('Name', { exact: true }).waitFor();
  await until('the name has the focus', () => has(keys.getByLabel('Name', { exact: true })));
  await keys.keyboard.type('admin');
  await keys.keyboard.press('Tab');
  await keys.keyboard.type(PASSWORD);
  await keys.keyboard.press('Enter');
  await keys.getByRole('link', { name: 'sums', exact: true }).first().waitFor();
  await mainTasks(
    keys,
    {
      press: async (target) => {
        await reach(target);
        await keys.keyboard.press('Enter');
      },
      write: async (target, words) => {
        await reach(target);
        await keys.keyboard.press('Control+a');
        await keys.keyboard.insertText(words);
      },
      pick: async (menu, item) => {
        await reach(menu);
        await keys.keyboard.press('Enter');
        await keys.getByRole('menu').waitFor();
        for (let i = 0; i < 12 && !(await has(keys.getByRole('menuitem', { name: item, exact: true }))); i++) await keys.keyboard.press('ArrowDown');
        await keys.keyboard.press('Enter');
      },
    },
    'by_keyboard',
  );
  assert.deepEqual(wrongOf(keys), []);
  await keys.context().close();
});

test('a DAG is found and looked into by keyboard alone', async () => {
  await page.goto('/');
  await page.getByRole('link', { name: 'sums', exact: true }).first().waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search or jump to' }).waitFor();
  await page.keyboard.type('sums');
  await page.getByRole('option', { name: /^sums DAG/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-node=read]').waitFor();
  await page.locator('[data-node=read]').focus();
  await page.keyboard.press('ArrowRight');
  await until('the focus went along the edge', () => page.evaluate(() => document.activeElement?.getAttribute('data-node') === 'gross'));
  await page.keyboard.press('Enter');
  await page.locator('.drawer').getByRole('heading', { name: 'gross' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.drawer').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Suspend', exact: true }).focus();
  await page.keyboard.press('Enter');
  await until('it is suspended', async () => (await stateOf('sums')) === 'suspended');
  await page.getByRole('button', { name: 'Stop', exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Resume', exact: true }).focus();
  await page.keyboard.press('Space');
  await until('it runs', async () => (await stateOf('sums')) === 'running');
});

test('the page gets over a restart of the server', async () => {
  await page.goto('/');
  await page.getByRole('link', { name: 'heartbeat' }).first().waitFor();
  page.allow.push(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|503|Failed to load resource/);
  await server.stop();
  await page.locator('.banner').first().waitFor();
  await server.start();
  await until('it is live again, or asks to sign in', async () => /\/login/.test(page.url()) || (await page.locator('.live', { hasText: 'live' }).count()) > 0, 60000);
});

test('nothing went wrong on the page', async () => {
  assert.deepEqual(wrongOf(page), []);
});

const failed = await runAll();

await browser.close();
await server.stop();
server.remove();
process.exit(failed ? 1 : 0);
