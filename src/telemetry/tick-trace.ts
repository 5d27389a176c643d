/**
 * The span of a tick: made with the first thing that it does, so that one that finds nothing to do leaves none.
 * @module
 */
import { type Attributes, type Context, context, type Span, trace } from "@opentelemetry/api";
import type { Clock } from "../base/clock.ts";
import { fail } from "./errors.ts";
import { safely } from "./safely.ts";
import { endSpan, startSpan } from "./scope.ts";

export class TickTrace {
  readonly #clock: Pick<Clock, "now">;
  #startTime: number | undefined;
  #span: Span | undefined;
  #worthTelling = false;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** The context of what is done in it; outside of a tick, the active one. */
  get inside(): Context {
    if (this.#startTime === undefined) return context.active();
    this.#span ??= startSpan("tick", { startTime: this.#startTime });
    return this.#span ? trace.setSpan(context.active(), this.#span) : context.active();
  }

  get worthTelling(): boolean {
    return this.#worthTelling;
  }

  /** Something has been done, or has failed. */
  tell(): void {
    this.#worthTelling = true;
  }

  /** Runs a tick, and ends its span, with attributes from its result, where it has one. */
  async run<T>(tick: () => Promise<T>, describe: (result: T) => Attributes): Promise<T> {
    this.#startTime = this.#clock.now();
    try {
      const result = await tick();
      safely(() => this.#span?.setAttributes(describe(result)));
      return result;
    } catch (error) {
      if (this.#span) fail(this.#span, error);
      throw error;
    } finally {
      // Whoever ends no span exports none.
      if (this.#worthTelling) endSpan(this.#span);
    }
  }
}
