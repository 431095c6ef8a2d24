// Lists and calls the tools of a server of the Model Context Protocol, by another implementation
// than the server's own. Usage: node mcp_client.mjs stdio COMMAND... | http ADDRESS
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [way, ...words] = process.argv.slice(2);
const transport =
  way === "stdio"
    ? new StdioClientTransport({ command: words[0], args: words.slice(1), env: process.env })
    : new StreamableHTTPClientTransport(new URL(words[0]));
const client = new Client({ name: "another", version: "1.0.0" });
await client.connect(transport);
const { tools } = await client.listTools();
const call = async (name, args) => {
  const result = await client.callTool({ name, arguments: args });
  return { refused: result.isError === true, text: result.content[0].text };
};
console.log(
  JSON.stringify({
    tools: tools.map((tool) => tool.name),
    sum: await call("calculate", { expression: "0.1 + 0.2" }),
    rows: await call("run_sql", { query: "SELECT count(*) AS n FROM limits" }),
    write: await call("run_sql", { query: "DELETE FROM limits" }),
    endless: await call("run_sql", {
      query: "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
    }),
    path: await call("read_section", { document: "../../etc/passwd", section: "x" }),
  }),
);
await client.close();
