// Uses docs/dashboard.html as a reader does, fails if a part of it is empty or wrong, and writes a screenshot.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const { PAGE, REKEY_URL, SANDBOX_URL, CHROMIUM = "/usr/bin/chromium" } = process.env;
const screenshot = process.argv[2];
const json = (url, options) => fetch(url, options).then(response => response.json());
const tokenOf = async client =>
  (await json(`${SANDBOX_URL}/oauth2/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${client}:${client}-secret`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  })).access_token;

const rotate = async (client, connectorId) =>
  (await fetch(`${REKEY_URL}/api/v1/apps/connectors/credentials`, {
    method: "POST",
    headers: { Authorization: `Bearer ${await tokenOf(client)}`, "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify({ appId: "crm", connectorId }),
  })).status;

for (const [client, connector] of [["payments", "okta"], ["search", "github"], ["viewer", "okta"], ["payments", "okta"]]) {
  await rotate(client, connector);
}
const token = await tokenOf("auditor");
const read = path => json(`${REKEY_URL}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}` } });

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1240, height: 820 }, colorScheme: "light" });
  const errors = [];
  page.on("console", message => ["error", "warning"].includes(message.type()) && errors.push(message.text()));
  page.on("pageerror", error => errors.push(String(error)));
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const statuses = [];
  network.on("Network.responseReceivedExtraInfo", ({ statusCode }) => statuses.push(statusCode));

  await page.goto(PAGE);
  await page.getByLabel("Rekey's URL").fill(REKEY_URL);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Show" }).click();
  await page.locator("#events td + td").first().waitFor();
  await page.getByText(/^Updated/).waitFor();

  const tiles = Object.fromEntries(await page.locator("#tiles div").evaluateAll(all =>
    all.map(tile => [tile.querySelector("dt").textContent, Number(tile.querySelector("dd").textContent.replace(/\D/g, ""))])));
  const { credentials, rotations } = await read("summary");
  assert.deepEqual(tiles, {
    "Valid credentials": credentials.valid, "Overdue": credentials.overdue, "Expire within 7 days": credentials.expiringWithin7Days,
    "Expire within 30 days": credentials.expiringWithin30Days, "Unused for 90 days": credentials.unusedFor90Days,
    "Unknown rotations": rotations.unknown,
  });
  assert.ok(rotations.unknown > 0 && credentials.overdue > 0, "the sandbox has an overdue credential and an unknown rotation");

  const { series } = await read("audit-events/aggregate?groupBy=outcome&outcome=!none");
  assert.deepEqual(await page.locator("#legend li").allTextContents(), series.map(({ key, total }) => `${key[0]} ${total}`));
  const colors = await page.locator("#legend li").evaluateAll(all => all.map(item => getComputedStyle(item, "::before").backgroundColor));
  assert.equal(new Set(colors).size, series.length, `each outcome has its color: ${colors}`);
  const heights = await page.locator("rect").evaluateAll(all => all.map(bar => bar.getBoundingClientRect().height));
  assert.ok(Math.max(...heights) > 20, "the chart has a bar");

  const { items } = await read("audit-events?limit=12");
  assert.deepEqual(await page.locator("#events td:nth-child(2)").allTextContents(), items.map(({ type }) => type));
  const ends = await page.locator("#expiring time").evaluateAll(all => all.map(time => time.dateTime));
  assert.ok(ends.length > 1, "credentials expire");
  assert.deepEqual(ends, ends.toSorted());

  // The browser revalidates what it has, until something changes.
  statuses.length = 0;
  await page.waitForTimeout(6000);
  assert.ok(statuses.length >= 4 && statuses.every(status => status === 304), `polls get 304: ${statuses}`);
  await rotate("search", "github");
  const latest = (await read("audit-events?limit=1&fields=occurredAt")).items[0].occurredAt;
  await page.locator(`#events time[datetime="${latest}"]`).waitFor({ timeout: 8000 });

  await page.screenshot({ path: screenshot, fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: "dark.png", fullPage: true });
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(244, 246, 248)");
  await page.setViewportSize({ width: 390, height: 1500 });
  await page.screenshot({ path: "narrow.png", fullPage: true });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a narrow page does not scroll sideways");
  assert.deepEqual(errors, []);

  // A refused token is no reason to ask again.
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("alert").filter({ hasText: /token/ }).waitFor();
  assert.ok(!page.url().includes("?"), "no token in the URL");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  console.log(`The dashboard works. Screenshot: ${screenshot}`);
} finally {
  await browser.close();
}
