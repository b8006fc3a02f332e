import { homeOf } from '../../holder/files/expand.ts'
import { absolutePath, joinPath } from '../../holder/machine/paths.ts'
import { readWritten } from '../../holder/surroundings/written.ts'
import { parseYaml } from '../../holder/surroundings/yaml.ts'
import { lastValue } from './options.ts'
import { changed, noted, type View } from './view.ts'

/**
 * The program by which kubectl and its like get their token for a cluster (kubeconfig `users[].user.exec`), with its own
 * environment: `aws eks get-token`, `aws-iam-authenticator`. Null where the kubeconfig names none.
 */
export async function tokenProgram(view: View): Promise<View | null> {
  const { machine, words } = view
  const home = homeOf(machine)
  const separator = machine.platform === 'win32' ? ';' : ':'
  const written = lastValue(words, ['--kubeconfig']) ?? machine.env('KUBECONFIG')
  const files = written !== undefined && written !== '' ? written.split(separator) : []
  if (files.length === 0 && home !== null) files.push(joinPath(machine, home, '.kube', 'config'))
  let context = lastValue(words, ['--context', '--kube-context'])
  // The first file that says something wins (kubectl, "Merging kubeconfig files").
  const documents = []
  for (const file of files.filter((name) => name !== '').slice(0, 16)) {
    const text = readWritten(machine, absolutePath(machine, file))?.text
    const document = text === undefined ? null : await parseYaml(text)
    if (document === null) continue
    documents.push(document)
    context ||= document.text(document.get(document.root, 'current-context'))
  }
  if (!context) return null
  let user: string | null = null
  for (const document of documents) {
    const entry = named(document, 'contexts', context)
    user ??= document.text(document.get(entry, 'context', 'user'))
  }
  for (const document of documents) {
    const exec = user === null ? null : document.get(named(document, 'users', user), 'user', 'exec')
    const command = document.text(document.get(exec, 'command'))
    if (command === null) continue
    const args = document.items(document.get(exec, 'args')).flatMap((item) => document.text(item) ?? [])
    const env = document.items(document.get(exec, 'env')).flatMap((item) => {
      const name = document.text(document.get(item, 'name'))
      return name === null ? [] : [[name, document.text(document.get(item, 'value')) ?? ''] as const]
    })
    const inside = changed({ ...view, words: [command, ...args] }, { env: Object.fromEntries(env) })
    return noted(inside, `which gets its token for the context "${context}" by ${command}`)
  }
  return null
}

type Document = NonNullable<Awaited<ReturnType<typeof parseYaml>>>

function named(document: Document, list: string, name: string) {
  const items = document.items(document.get(document.root, list))
  return items.find((item) => document.text(document.get(item, 'name')) === name) ?? null
}
