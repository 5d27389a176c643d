/**
 * What a worker tells of itself: whether it is well, a few numbers, a log line now and then.
 * @module
 */
import type { IncomingMessage, Server } from "node:http";
import { MayflyError } from "../../src/base/errors.ts";
import { identify } from "../../src/http/auth.ts";
import { PROMETHEUS_TYPE, toPrometheus } from "../../src/http/prometheus.ts";
import type { TurnCounts } from "../../src/worker/turn-counts.ts";

export interface MonitorOptions {
  /** Without a turn or a check of the queue for longer, it is not well. */
  readonly silentMs: number;
  readonly slots: () => number;
  /** It leaves the database alone, and is well all the same. */
  readonly resting: () => boolean;
  /** Without which `POST /wake` is refused; undefined: it needs none. */
  readonly token: string | undefined;
  /** Called for `POST /wake`, with the epoch of the ledger that calls. It is answered once this resolves. */
  wake(epoch: number | undefined): Promise<void> | void;
}

/** Outcomes that are counted. */
const OUTCOMES = ["successful", "errored", "cancelled", "lost", "deferred"] as const;

export class Monitor {
  readonly #options: MonitorOptions;
  #heardAt: number | undefined;
  #running = 0;
  #count: Partial<TurnCounts> = {};
  #rescued = 0;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  turned(count: TurnCounts, running: number): void {
    this.#heardAt = performance.now();
    this.#count = count;
    this.#running = running;
  }

  checked(lost: number): void {
    this.#heardAt = performance.now();
    this.#rescued += lost;
  }

  /** Whether the database has answered it lately. */
  get isWell(): boolean {
    if (this.#heardAt === undefined) return false;
    return this.#options.resting() || performance.now() - this.#heardAt < this.#options.silentMs;
  }

  /** For a log line. */
  get stats(): Record<string, number> {
    const { turns = 0, claimed = 0, ...others } = this.#count;
    const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, others[outcome] ?? 0]));
    const rssMiB = Math.round(process.memoryUsage.rss() / 1_048_576);
    const { claimsLost = 0 } = others;
    return {
      running: this.#running,
      slots: this.#options.slots(),
      turns,
      claimed,
      ...outcomes,
      claimsLost,
      rescued: this.#rescued,
      rssMiB,
    };
  }

  /** In Prometheus's text format: this worker's own, to be summed over workers. */
  get metrics(): string {
    const { running = 0, slots = 0, claimed = 0, rescued = 0, turns = 0 } = this.stats;
    const alone = (name: string, type: "gauge" | "counter", help: string, value: number) =>
      ({ name, type, help, samples: [[{}, value]] }) as const;
    return toPrometheus([
      alone("mayfly_worker_slots", "gauge", "Jobs that this worker can run at a time.", slots),
      alone("mayfly_worker_slots_used", "gauge", "Jobs that it runs.", running),
      alone("mayfly_worker_turns_total", "counter", "Turns that it took.", turns),
      alone("mayfly_worker_claimed_total", "counter", "Jobs that it claimed.", claimed),
      {
        name: "mayfly_worker_attempts_total",
        type: "counter",
        help: "Its attempts that ended; claim_lost: the result was not accepted.",
        samples: [
          ...OUTCOMES.map((outcome) => [{ mayfly_outcome: outcome }, this.#count[outcome] ?? 0] as const),
          [{ mayfly_outcome: "claim_lost" }, this.#count.claimsLost ?? 0],
        ],
      },
      alone("mayfly_worker_rescued_total", "counter", "Attempts of dead workers that it declared lost.", rescued),
    ]);
  }

  /** Answers a status. */
  async #wake({ headers }: IncomingMessage): Promise<number> {
    const { token, wake } = this.#options;
    const presented = headers.authorization?.replace(/^Bearer +/i, "") ?? "";
    if (token !== undefined && !(await identify(presented, { producer: [], operator: [], scheduler: [token] }, "http://localhost")))
      return 401;
    const epoch = Number(headers["mayfly-epoch"]);
    await wake(Number.isFinite(epoch) ? epoch : undefined);
    return 202;
  }

  /**
   * Serves `/healthz`, `/metrics` and `POST /wake`.
   * @throws `invalid_config` for a port that cannot be had
   */
  async serve(port: number, address: string): Promise<Server> {
    // Only here: with it Node loads all that it has for the web, which takes longer than the rest of the command.
    const { createServer } = await import("node:http");
    const server = createServer((request, response) => {
      if (request.url === "/healthz") {
        response.writeHead(this.isWell ? 200 : 503, { "content-type": "application/json" });
        response.end(JSON.stringify({ status: this.isWell ? "ok" : "silent" }));
      } else if (request.url === "/metrics") {
        response.writeHead(200, { "content-type": PROMETHEUS_TYPE }).end(this.metrics);
      } else if (request.url === "/wake" && request.method === "POST") {
        void this.#wake(request).then((status) => response.writeHead(status).end());
      } else {
        response.writeHead(404).end();
      }
    });
    return await new Promise((resolve, reject) => {
      server.on("error", ({ message }) => reject(new MayflyError("invalid_config", `Port ${port} cannot be had: ${message}.`)));
      server.listen(port, address, () => resolve(server));
    });
  }
}
