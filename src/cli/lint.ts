import { pathToFileURL } from 'node:url'
import { lint as lintFiles } from '../holder/lint/index.ts'
import { lintJson } from '../holder/lint/json.ts'
import { renderSarif } from '../holder/lint/sarif.ts'
import { wantsJson, writeJson } from './result.ts'
import { type Call, exitCode } from './terminal.ts'

/** `lint`: every defect of the AWS files. It changes nothing. */
export async function lint(call: Call): Promise<number> {
  const { machine, terminal, flags } = call
  const report = lintFiles(machine)
  const format = flags.text('format')
  if (format === 'sarif')
    writeJson(
      call,
      renderSarif(report, (path) => pathToFileURL(path).href),
    )
  else if (format === 'json' || (format === undefined && wantsJson(call))) writeJson(call, lintJson(machine, report))
  else {
    const { lintLines, lintText } = await import('./say/lint.ts')
    terminal.out((flags.on('quiet') ? lintLines : lintText)({ look: terminal.look, machine }, report))
  }
  return report.findings.some(({ level }) => level !== 'note') ? exitCode.problem : exitCode.fine
}
