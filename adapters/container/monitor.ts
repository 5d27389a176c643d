/**
 * What a worker tells of itself: whether it is well, a few numbers, a log line now and then.
 * @module
 */
import { createServer, type Server } from "node:http";
import { MayflyError } from "../../src/core/errors.ts";
import type { DrainResult } from "../../src/engine/drain.ts";

export interface MonitorOptions {
  /** Without a turn or a look for longer, it is not well. */
  readonly silentMs: number;
  readonly slots: () => number;
}

/** Outcomes that are counted, each a label of `mayfly_attempts_total`. */
const OUTCOMES = ["successful", "errored", "cancelled", "lost", "deferred", "stale"] as const;

export class Monitor {
  readonly #options: MonitorOptions;
  #heardAt: number | undefined;
  #running = 0;
  #count: Partial<DrainResult> = {};
  #rescued = 0;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  turned(count: DrainResult, running: number): void {
    this.#heardAt = performance.now();
    this.#count = count;
    this.#running = running;
  }

  looked(lost: number): void {
    this.#heardAt = performance.now();
    this.#rescued += lost;
  }

  /** Whether the database has answered it lately. */
  get isWell(): boolean {
    return this.#heardAt !== undefined && performance.now() - this.#heardAt < this.#options.silentMs;
  }

  /** For a log line. */
  get stats(): Record<string, number> {
    const { turns = 0, claimed = 0, ...others } = this.#count;
    const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, others[outcome] ?? 0]));
    const rssMiB = Math.round(process.memoryUsage.rss() / 1_048_576);
    return { running: this.#running, slots: this.#options.slots(), turns, claimed, ...outcomes, rescued: this.#rescued, rssMiB };
  }

  /** In Prometheus's text format. */
  get metrics(): string {
    const { running, slots, claimed, rescued, turns } = this.stats;
    const line = (name: string, type: "counter" | "gauge", ...values: string[]) =>
      [`# TYPE ${name} ${type}`, ...values.map((value) => `${name}${value}`)].join("\n");
    const outcomes = OUTCOMES.map((outcome) => `{outcome="${outcome}"} ${this.#count[outcome] ?? 0}`);
    return [
      line("mayfly_jobs_running", "gauge", ` ${running}`),
      line("mayfly_worker_slots", "gauge", ` ${slots}`),
      line("mayfly_worker_turns_total", "counter", ` ${turns}`),
      line("mayfly_jobs_claimed_total", "counter", ` ${claimed}`),
      line("mayfly_attempts_total", "counter", ...outcomes),
      line("mayfly_attempts_rescued_total", "counter", ` ${rescued}`),
      "",
    ].join("\n");
  }

  /**
   * Serves `/healthz` and `/metrics`.
   * @throws `invalid_config` for a port that cannot be had
   */
  async serve(port: number, address: string): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.url === "/healthz") {
        response.writeHead(this.isWell ? 200 : 503, { "content-type": "application/json" });
        response.end(JSON.stringify({ status: this.isWell ? "ok" : "silent" }));
      } else if (request.url === "/metrics") {
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(this.metrics);
      } else {
        response.writeHead(404).end();
      }
    });
    return await new Promise((resolve, reject) => {
      server.once("error", ({ message }) => reject(new MayflyError("invalid_config", `Port ${port} cannot be had: ${message}.`)));
      server.listen(port, address, () => resolve(server));
    });
  }
}
