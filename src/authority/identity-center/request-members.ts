import { type OidcRefusal, oidcRefusal } from './oidc-faults.ts'

/** Members of a JSON body, each with its bound in characters. */
type Body = Readonly<Record<string, unknown>>

export function requiredText(body: Body, name: string, most: number): string | OidcRefusal {
  const value = optionalText(body, name, most)
  if (value === undefined || value === '') return oidcRefusal('invalid-request', `${name} is missing.`)
  return value
}

export function optionalText(body: Body, name: string, most: number): string | undefined | OidcRefusal {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return oidcRefusal('invalid-request', `${name} must be a text.`)
  return value.length > most ? oidcRefusal('invalid-request', `${name} is longer than ${most} characters.`) : value
}

export function optionalTexts(
  body: Body,
  name: string,
  mostItems: number,
  most: number,
): readonly string[] | OidcRefusal {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    return oidcRefusal('invalid-request', `${name} must be a list of texts.`)
  const texts = value as readonly string[]
  if (texts.length > mostItems) return oidcRefusal('invalid-request', `${name} has more than ${mostItems} elements.`)
  const long = texts.find((text) => text.length > most)
  return long === undefined
    ? texts
    : oidcRefusal('invalid-request', `An element of ${name} is longer than ${most} characters.`)
}
