/**
 * What a shop depends on: payments, mail, photos, suppliers. They take their time, and fail as such things do.
 * @module
 */
import { createServer, type ServerResponse } from "node:http";
import { freePort } from "../../test/support/free-port.ts";

export interface Others {
  readonly url: string;
  /** The payment provider fails while it is down. */
  down: boolean;
  close(): void;
}

/** About how long each takes, in milliseconds. */
const PACE: Readonly<Record<string, number>> = { pay: 420, mail: 140, photo: 900, stock: 260 };

export async function startOthers(random: () => number): Promise<Others> {
  const port = await freePort();
  const server = createServer((request, response) => {
    const [, kind = "", what = ""] = (request.url ?? "").split("/");
    // A catalogue takes longer than the pictures do.
    if (kind === "print") return;
    const takes = (PACE[kind] ?? 0) * Math.exp((random() + random() + random() - 1.5) * 1.4);
    setTimeout(() => answer(response, statusOf(kind, what)), takes);
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));

  function statusOf(kind: string, what: string): number {
    const luck = random();
    if (kind === "pay") return others.down && luck < 0.65 ? 503 : luck > 0.985 ? 402 : 200;
    if (kind === "mail") return what.endsWith(".invalid") ? 550 : 200;
    return kind === "stock" && luck < 0.12 ? 429 : 200;
  }

  const others: Others = {
    url: `http://127.0.0.1:${port}`,
    down: false,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return others;
}

function answer(response: ServerResponse, status: number): void {
  if (!response.destroyed) response.writeHead(status).end();
}
