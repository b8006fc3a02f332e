import { type Finding, type Region, type RuleId, rules, type TextEdit } from './finding.ts'
import type { LintReport } from './index.ts'

/** One run of lint as a SARIF 2.1.0 log. `uriOf` makes the URI of a file. */
export function renderSarif(report: LintReport, uriOf: (path: string) => string): unknown {
  const ids = Object.keys(rules) as RuleId[]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'countersign',
            rules: ids.map((id) => ({ id, shortDescription: { text: rules[id] } })),
          },
        },
        // Columns count UTF-16 code units, as editors and the reports of other tools do.
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => resultOf(finding, ids.indexOf(finding.rule), uriOf)),
      },
    ],
  }
}

function resultOf(finding: Finding, ruleIndex: number, uriOf: (path: string) => string): unknown {
  const { rule, level, at, says, cure, breaks, fix, profile } = finding
  const who = (breaks ?? []).map(({ sdks, how }) => `${sdks.join(', ')}: ${how}.`)
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: [says, ...who, cure].join(' ') },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(at.file) }, region: regionOf(at) } }],
    properties: { profile, cure, breaks },
    ...(fix === null || fix.edits.some(isRewriting) ? {} : { fixes: [fixOf(cure, fix.edits, uriOf)] }),
  }
}

function regionOf({ line, column, endLine, endColumn }: Region): unknown {
  return { startLine: line, startColumn: column, endLine, endColumn }
}

/** A file in another encoding is written anew, which no replacement of text can tell. */
function isRewriting({ bytes }: TextEdit): boolean {
  return bytes !== undefined && bytes !== 'byte-order-mark'
}

/** One change per file; the mark is told by its bytes, for it belongs to no line. */
function fixOf(cure: string, edits: readonly TextEdit[], uriOf: (path: string) => string): unknown {
  const files = [...new Set(edits.map(({ file }) => file))]
  return {
    description: { text: cure },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uriOf(file) },
      replacements: edits
        .filter((edit) => edit.file === file)
        .map((edit) => ({
          deletedRegion: edit.bytes === 'byte-order-mark' ? { byteOffset: 0, byteLength: 3 } : regionOf(edit),
          ...(edit.text === '' ? {} : { insertedContent: { text: edit.text } }),
        })),
    })),
  }
}
