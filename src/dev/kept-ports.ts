/**
 * The ports of the local stack, which stay the same between starts, so that addresses that were copied somewhere stay right.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** Where ports are looked for if there is none kept and the usual one is taken: so many from it on. */
const MOST_TRIES = 200;

export interface KeptPorts {
  /** The port that this name had at the last start, else the usual one; another one where that is taken, and then it is kept. */
  take(name: string, usual: number): Promise<number>;
}

/** Reads the folder's ports. */
export function keptPorts(folder: string): KeptPorts {
  const file = join(folder, "ports.json");
  const kept = readPorts(file);
  return {
    async take(name, usual) {
      const taken = Object.entries(kept).flatMap(([other, port]) => (other === name ? [] : [port]));
      const candidates = [kept[name] ?? usual, ...Array.from({ length: MOST_TRIES }, (_, offset) => usual + offset)];
      for (const port of candidates) {
        if (taken.includes(port) || !(await isFree(port))) continue;
        kept[name] = port;
        writeFileSync(file, `${JSON.stringify(kept)}\n`);
        return port;
      }
      throw new Error(`${MOST_TRIES} ports from ${usual} on are taken`);
    },
  };
}

/** Whether nobody listens on this port of the loopback interface. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

function readPorts(file: string): Record<string, number> {
  try {
    const ports = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(ports).filter((entry): entry is [string, number] => isPort(entry[1])));
  } catch {
    return {};
  }
}

const isPort = (value: unknown) => typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536;
