/** Rows of a CSV (RFC 4180) by the names of its first line. */
export function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [names = [], ...rows] = [...text.trimEnd().matchAll(/(?:[^\r\n"]|"(?:[^"]|"")*")+/g)].map(([line]) =>
    fieldsOf(line),
  )
  return rows.map((fields) => Object.fromEntries(names.map((name, place) => [name, fields[place] ?? ''])))
}

function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
