// job.mjs IN OUT - the reference job in plain Node.js, a line at a time.
import { createReadStream, openSync, writeSync, closeSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , inPath, outPath] = process.argv;
const out = openSync(outPath, "w");
let pending = [];
let size = 0;

function flush() {
  writeSync(out, pending.join(""));
  pending = [];
  size = 0;
}

for await (const line of createInterface({ input: createReadStream(inPath) })) {
  const message = JSON.parse(line);
  const result = {};
  if ("id" in message) result.id = message.id;
  if ("name" in message) result.name = message.name;
  result.status = message.status ?? "new";
  let total = 0;
  if (typeof message.value1 === "number") total += message.value1;
  if (typeof message.value2 === "number") total += message.value2;
  result.total = total;
  const text = JSON.stringify(result) + "\n";
  pending.push(text);
  size += text.length;
  if (size > 256 * 1024) flush();
}
flush();
closeSync(out);
