/**
 * Prisma's client, generated for the table `account`.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import type { Layer } from "./layers.ts";

const root = join(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

/** The part of the generated client that is used. */
interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...params: unknown[]): Promise<unknown>;
  $executeRawUnsafe(text: string, ...params: unknown[]): Promise<unknown>;
}

interface PrismaClient {
  $transaction(use: (tx: PrismaTransaction) => Promise<void>): Promise<void>;
  $disconnect(): Promise<void>;
}

/** A generated client finds Prisma's packages only inside the repository. */
export async function openPrisma(url: string): Promise<Layer> {
  const folder = mkdtempSync(join(root, ".prisma-"));
  try {
    const models = 'model Account {\n  id Int @id\n  @@map("account")\n}\n';
    const heads = `generator client {\n  provider = "prisma-client-js"\n  output = "./client"\n}\ndatasource db {\n  provider = "postgresql"\n}\n`;
    writeFileSync(join(folder, "schema.prisma"), `${heads}${models}`);
    execFileSync(
      process.execPath,
      [join(root, "node_modules/prisma/build/index.js"), "generate", "--schema", join(folder, "schema.prisma"), "--no-hints"],
      {
        cwd: folder,
        stdio: "pipe",
        // Generating needs no engine; without a stand-in Prisma would fetch one.
        env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" },
      },
    );
    const { PrismaClient } = require(join(folder, "client")) as { PrismaClient: new (options: { adapter: PrismaPg }) => PrismaClient };
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
    return {
      commit: ([text, params], id) =>
        prisma.$transaction(async (tx) => {
          await tx.$queryRawUnsafe(text, ...params);
          await tx.$executeRawUnsafe("insert into account (id) values ($1::integer)", id);
        }),
      async close() {
        await prisma.$disconnect();
        rmSync(folder, { recursive: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}
