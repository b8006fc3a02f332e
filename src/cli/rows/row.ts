/**
 * The command line as data: one row per verb, one row per flag, with the words that `--help` shows for it. The parser and
 * the help texts both come from these rows. (`node:util` parses: it costs nothing at start, where a library costs a quarter
 * of an empty Node and the start-up bound has no room for it.)
 */
export interface FlagRow {
  readonly name: string
  readonly short?: string
  /** The word that stands for the value in help; a flag without one is a switch. */
  readonly value?: string
  /** The only values that are taken. */
  readonly oneOf?: readonly string[]
  readonly says: string
  /** Accepted everywhere but without effect on the verbs of this version. */
  readonly hidden?: true
}

export interface VerbRow {
  readonly name: string
  readonly operands: string
  readonly maxOperands: number
  /** A command to run may stand behind `--`. */
  readonly runs?: true
  /** The operand at this place (from 0) may begin with a hyphen, unless it is one of the verb's own flags. */
  readonly dashedOperand?: number
  /** One line for the list of verbs. */
  readonly says: string
  /** Paragraphs below the usage line. */
  readonly more: readonly string[]
  readonly flags: readonly FlagRow[]
  readonly examples: readonly (readonly [command: string, says: string])[]
}
