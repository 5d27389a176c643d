/**
 * The wake ledger: the reducer of production, with messages that get lost or come twice, with lanes that never start, and with a memory that lies.
 * @module
 */
import type { AskReply, LaneStart, Ledger } from "../../wake/ledger.ts";
import { type LedgerEvent, reduce } from "../../wake/reduce.ts";
import { type LedgerSettings, type LedgerState, UNKNOWN } from "../../wake/state.ts";
import type { Actor } from "./actor.ts";
import type { Weather } from "./faults.ts";
import type { Story } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface LyingLedgerOptions {
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly story: Story;
  readonly settings: LedgerSettings;
  /** Starts a consumer. */
  start(lane: LaneStart): void;
}

const NAME = "wake ledger";

export class LyingLedger {
  readonly #options: LyingLedgerOptions;
  #state: LedgerState = UNKNOWN;
  #forgetAlarm = () => {};
  #isClosed = false;

  constructor(options: LyingLedgerOptions) {
    this.#options = options;
  }

  /** As one program reaches it. */
  of(actor: Actor): Ledger {
    return {
      wake: (wake) => this.#send(actor, { type: "wake", ...wake }),
      settle: async (settle) => void (await this.#send(actor, { type: "settle", ...settle })),
      due: (ask) => this.#send(actor, { type: "ask", ...ask }),
    };
  }

  /** From here on it starts nobody. */
  close(): void {
    this.#isClosed = true;
    this.#forgetAlarm();
  }

  #send(actor: Actor, event: Exclude<LedgerEvent, { type: "alarm" }>): Promise<AskReply> {
    const { time, weather, story } = this.#options;
    return new Promise((resolve, reject) => {
      const arrive = (answers: boolean) => () => {
        const reply = this.#take(event);
        if (answers) time.after(weather.latencyMs(), () => actor.isAlive && resolve(reply));
      };
      if (weather.strikes("wakeLost")) {
        story.tell(actor.name, `${event.type} to the wake ledger is lost`);
        time.after(weather.latencyMs(), () => actor.isAlive && reject(new Error("The wake ledger did not answer (an injected fault).")));
        return;
      }
      time.after(weather.latencyMs(), arrive(true));
      if (weather.strikes("wakeDoubled")) time.after(weather.latencyMs(), arrive(false));
    });
  }

  #take(event: LedgerEvent): AskReply {
    const { time, weather, story, settings, start } = this.#options;
    const isLie = weather.strikes("wakeLies");
    if (isLie && weather.random.chance(0.5)) {
      story.tell(NAME, "forgets all");
      this.#state = UNKNOWN;
    }
    const now = Math.floor(time.now);
    const { state, effects, reply } = reduce(this.#state, event, now, settings);
    this.#state = state;
    this.#forgetAlarm();
    if (this.#isClosed) return reply;
    if (effects.alarmAt !== null) this.#forgetAlarm = time.after(effects.alarmAt - now, () => this.#take({ type: "alarm" }));
    for (const lane of effects.starts) {
      if (weather.strikes("wakeLost")) story.tell(NAME, `${lane.lane} never starts`);
      else time.after(weather.latencyMs(), () => start(lane));
    }
    if (!isLie || event.type !== "ask") return reply;
    story.tell(NAME, `says ${reply.look ? "that nobody has to look" : "to look"}, which is a lie`);
    return { ...reply, look: !reply.look };
  }
}
