/**
 * A key as lists show it: as much as there is room for, and all of it where one points at it.
 * @module
 */
export function KeyLink({ concurrencyKey, href }: { readonly concurrencyKey: string; readonly href: string }) {
  return (
    <a class="key" href={href} title={concurrencyKey}>
      {concurrencyKey}
    </a>
  );
}
