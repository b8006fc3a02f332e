import { type RawKey, type Refused, refused } from './handed-key.ts'

/** How the columns are named, without blanks and underscores: `User Name`, `User name`; `Access Key Id`, `Access key ID`. */
const columns: Readonly<Record<string, 'name' | 'id' | 'secret' | 'token'>> = {
  username: 'name',
  iamusername: 'name',
  accesskeyid: 'id',
  secretaccesskey: 'secret',
  sessiontoken: 'token',
}

/** Each becomes edits of one file, which is read anew for each. */
const mostRows = 500

/**
 * Reads a CSV as the AWS console has written them: old and new headings, with or without a name of the user and other columns,
 * quoted or not (RFC 4180), separated by commas, or by what a spreadsheet made of them. Empty lines are no rows.
 */
export function readCsv(text: string): readonly RawKey[] | Refused {
  const [head = ''] = text.split(/\r?\n/, 1)
  const separator = [',', ';', '\t'].find((sign) => head.includes(sign)) ?? ','
  const [header = [], ...rows] = cells(text, separator)
  const names = header.map((cell) => cell.toLowerCase().replace(/[\s_]/g, ''))
  if (names.some((name) => name === 'smtpusername' || name === 'smtppassword'))
    return refused('These are SMTP credentials of Amazon SES: they cannot sign requests, so no profile can use them.')
  const at = (wanted: 'name' | 'id' | 'secret' | 'token') => names.findIndex((name) => columns[name] === wanted)
  const [name, id, secret, token] = [at('name'), at('id'), at('secret'), at('token')]
  if (id < 0) return refused('Expected header "Access Key ID" not found')
  if (secret < 0) return refused('Expected header "Secret Access key" not found')
  if (rows.length > mostRows) return refused(`There are ${rows.length} rows; no more than ${mostRows} are read.`)
  return rows.map((row) => ({
    name: name < 0 ? null : (row[name] ?? '').trim(),
    id: (row[id] ?? '').trim(),
    secret: (row[secret] ?? '').trim(),
    token: token < 0 ? null : (row[token] ?? '').trim(),
    expiration: null,
  }))
}

function cells(text: string, separator: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  const endCell = () => {
    rows.at(-1)!.push(cell)
    cell = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!
    if (isQuoted) {
      if (sign !== '"') cell += sign
      else if (text[at + 1] === '"') {
        cell += sign
        at += 1
      } else isQuoted = false
    } else if (sign === '"' && cell.trim() === '') {
      cell = ''
      isQuoted = true
    } else if (sign === separator) endCell()
    else if (sign === '\n') {
      endCell()
      rows.push([])
    } else if (sign !== '\r') cell += sign
  }
  endCell()
  return rows.filter((row) => row.some((each) => each.trim() !== ''))
}
