/**
 * What each route takes and answers, as types.
 * @module
 */
import type * as v from "valibot";
import type { JsonValue } from "../base/json-value.ts";
import type { RouteKey, Routes } from "./route-table.ts";

/** The same, and nobody changes it. */
export type Frozen<T> = JsonValue extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Frozen<T[Key]> }
      : T;

type Part<Key extends RouteKey, Name extends string> = Routes[Key] extends { readonly [N in Name]: infer Schema extends v.GenericSchema }
  ? Frozen<v.InferOutput<Schema>>
  : undefined;

export type Params<Key extends RouteKey> = Part<Key, "params">;
export type Query<Key extends RouteKey> = Part<Key, "query">;
export type Body<Key extends RouteKey> = Part<Key, "body">;
export type Answer<Key extends RouteKey> = Part<Key, "answer">;
