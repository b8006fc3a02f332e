import type * as Diagnosis from '../../holder/diagnosis/anywhere.ts'

/** The diagnosis, which is loaded when a page first needs it. */
export type Knowledge = typeof Diagnosis

export interface CureStep {
  readonly says: string
  /** In which case this one is meant; null for the usual one. */
  readonly when: string | null
  readonly commands: Diagnosis.Commands
  /** `administrator`: of this authority; `asker`: whoever made the request, on their machine. */
  readonly by: 'administrator' | 'asker'
  /** Where in this console the same is done. */
  readonly link: { readonly text: string; readonly to: string } | null
}

/** A step with what is usual left out: by an administrator, in every case, without commands or a link. */
export type Step = Partial<CureStep> & Pick<CureStep, 'says'>
