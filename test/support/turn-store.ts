/**
 * A store whose turns are answered by the test.
 * @module
 */
import type { ClaimedJob } from "../../src/store/claimed-job.ts";
import type { Turn, TurnReply } from "../../src/store/turn.ts";
import { answeringStore } from "./answering-store.ts";
import { newId } from "./samples.ts";

/** Answers turns: by default with nothing, and with a report where one is asked for. */
export function storeOf(answer: (turn: Turn, nth: number) => Partial<TurnReply> | Promise<Partial<TurnReply>>) {
  const turns: Turn[] = [];
  const store = answeringStore({
    turn(turn) {
      turns.push(turn);
      return answer(turn, turns.length);
    },
  });
  return { store, turns };
}

export function jobsOf(count: number): ClaimedJob[] {
  return Array.from({ length: count }, () => ({
    id: newId(),
    name: "work",
    queue: "default",
    attempt: 1,
    retries: 0,
    timeoutMs: null,
    key: null,
    runAt: "2026-01-01T00:00:00Z",
    trace: {},
    cancelRequested: false,
    hook: null,
    hookTries: 0,
    idempotent: false,
    freeAttempts: 0,
    payload: {},
  }));
}
