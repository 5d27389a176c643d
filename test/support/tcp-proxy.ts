/**
 * A bad network: what stands between a client and a server, byte for byte, and does to it what networks do.
 * @module
 */
import { connect, createServer, type Socket } from "node:net";

/**
 * - `fair`: bytes pass.
 * - `silent`: nothing passes, and nobody is told. Whoever is connected then stays so for ever, as behind a gateway that has forgotten the connection.
 * - `deaf`: what the client says passes, what the server answers does not: replies are lost after the commit.
 * - `torn`: an answer is cut somewhere, and the connection with it.
 * - `closed`: nobody is let in.
 */
export type Weather = "fair" | "silent" | "deaf" | "torn" | "closed";

export interface TcpProxy {
  readonly port: number;
  /** Connections that are open. */
  readonly open: () => number;
  set(weather: Weather): void;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Nothing passes here any more. */
  dead: boolean;
}

export interface TcpProxyOptions {
  /** Port of the server, on the loopback interface. */
  readonly to: number;
  /** From 0 to 1: where an answer is torn. */
  readonly random: () => number;
}

/** Starts it on a free port of the loopback interface. */
export async function startTcpProxy({ to, random }: TcpProxyOptions): Promise<TcpProxy> {
  let weather: Weather = "fair";
  const pairs = new Set<Pair>();

  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.upstream.destroy();
  };

  function fromServer(pair: Pair, bytes: Buffer): void {
    if (weather === "deaf") return;
    if (weather === "torn" && random() < 0.5) {
      pair.client.write(bytes.subarray(0, Math.floor(random() * bytes.length)), () => end(pair));
      return;
    }
    pair.client.write(bytes);
  }

  const server = createServer((client) => {
    if (weather === "closed") {
      client.destroy();
      return;
    }
    const pair: Pair = { client, upstream: connect(to, "127.0.0.1"), dead: weather === "silent" };
    pairs.add(pair);
    for (const socket of [client, pair.upstream]) socket.setNoDelay(true).on("error", () => {});
    client.on("data", (bytes) => {
      if (!pair.dead) pair.upstream.write(bytes);
    });
    pair.upstream.on("data", (bytes: Buffer) => {
      if (!pair.dead) fromServer(pair, bytes);
    });
    client.on("close", () => end(pair));
    pair.upstream.on("close", () => {
      if (!pair.dead) end(pair);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no address");

  const cut = () => {
    for (const pair of [...pairs]) end(pair);
  };
  return {
    port: address.port,
    open: () => pairs.size,
    set(next) {
      weather = next;
      if (next === "silent") for (const pair of pairs) pair.dead = true;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
