/** Whose credentials a page shows. */
export interface Owner {
  /** Null: root, which alone sees its own. */
  readonly userName: string | null
  /** Is it the person who is signed in? */
  readonly self: boolean
}

/** As calls name the owner: root by leaving the name out. */
export function memberOf({ userName }: Owner): Readonly<Record<string, string>> {
  return userName === null ? {} : { UserName: userName }
}

/** What is asked about a user stands under `['user', name, …]`. */
export function keyOf({ userName }: Owner): readonly ['user' | 'root', string] {
  return userName === null ? ['root', ''] : ['user', userName]
}

/** `alice`; `root` has no name. */
export function wordFor({ userName }: Owner): string {
  return userName ?? 'root'
}
