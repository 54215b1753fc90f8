// duckdb.mjs IN OUT THREADS - the reference job as one SQL statement of DuckDB.
// Its columns have one type each, so a total that is an integer elsewhere is a double here.
import { DuckDBInstance } from "@duckdb/node-api";

const [, , inPath, outPath, threads] = process.argv;
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const instance = await DuckDBInstance.create(":memory:", { threads: threads ?? "1" });
const connection = await instance.connect();

await connection.run(`
  COPY (
    SELECT id, name, coalesce(status, 'new') AS status,
           coalesce(value1, 0) + coalesce(value2, 0) AS total
    FROM read_json(${quoted(inPath)}, format = 'newline_delimited', columns = {
      id: 'BIGINT', name: 'VARCHAR', status: 'VARCHAR', value1: 'DOUBLE', value2: 'DOUBLE'
    })
  ) TO ${quoted(outPath)} (FORMAT json)`);
connection.closeSync();
