import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { type PasswordRules, rulesText } from './steps.ts'

export interface Chosen {
  readonly password: string
  readonly again: string
}

export const nothingChosen: Chosen = { password: '', again: '' }

/** Why the two fields cannot be sent as they are; null when they can. */
export function faultOfChosen({ password, again }: Chosen): string | null {
  if (password === '') return 'Choose a password.'
  return password === again ? null : 'The two passwords are not the same.'
}

/** Two fields for a password that somebody chooses. `fault` is shown once it was tried to go on. */
export function NewPasswordFields(props: {
  readonly rules: PasswordRules
  readonly chosen: Chosen
  readonly change: (chosen: Chosen) => void
  readonly fault: string | null
}) {
  const { rules, chosen, change, fault } = props
  const [seen, setSeen] = useState(false)
  return (
    <SpaceBetween size="m">
      <FormField label="New password" description={rulesText(rules)}>
        <Input
          type="password"
          value={chosen.password}
          autoComplete="new-password"
          autoFocus
          onChange={({ detail }) => change({ ...chosen, password: detail.value })}
        />
      </FormField>
      <FormField label="The same again" errorText={seen || chosen.again !== '' ? (fault ?? '') : ''}>
        <Input
          type="password"
          value={chosen.again}
          autoComplete="new-password"
          onBlur={() => setSeen(chosen.again !== '')}
          onChange={({ detail }) => change({ ...chosen, again: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  )
}
