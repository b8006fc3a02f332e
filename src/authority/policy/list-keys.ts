/** Keys whose values are lists by their kind (IAM User Guide, "Single-valued vs. multivalued context keys" and the keys' own pages). */
const listKeys: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'aws:vpceorgpaths',
  'sts:transitivetagkeys',
])

/** Is a present key, in lower case, a list, also with one value in it? */
export function isMultivalued(key: string): boolean {
  return listKeys.has(key)
}
