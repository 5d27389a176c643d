/**
 * What stands between Neon's WebSocket client and Postgres: bytes in, bytes out.
 * @module
 */
import { connect } from "node:net";
import { WebSocketServer } from "ws";

export interface WebSocketRelay {
  /** Host, port and path, as `neonConfig.wsProxy` gives them. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts a relay to the Postgres on this port of the loopback interface. */
export async function startWebSocketRelay(port: number): Promise<WebSocketRelay> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    const tcp = connect(port, "127.0.0.1");
    socket.on("message", (data: Buffer) => tcp.write(data));
    socket.on("close", () => tcp.destroy());
    tcp.on("data", (data) => socket.send(data));
    tcp.on("close", () => socket.close());
    tcp.on("error", () => socket.close());
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the relay has no address");
  return {
    address: `127.0.0.1:${address.port}/v1`,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}
