import { describe, expect, test } from 'vitest'
import { certificateOf, metadataOf } from '../authority/saml.ts'
import { account, consoleFor, hasBrowser, look } from './console.ts'

const [print, otherPrint] = ['a'.repeat(40), 'b'.repeat(40)]

describe.runIf(hasBrowser)('identity providers', () => {
  const console = consoleFor()

  test('of OpenID Connect are added, changed, tagged and deleted', async () => {
    const page = await console.signedIn('admin', '/providers')
    await page.getByText('There is no identity provider yet').waitFor()
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByLabel('Provider URL').fill('idp.example.com')
    await page.getByText('A URL that begins with https://').waitFor()
    await page.getByLabel('Provider URL').fill('https://idp.example.com/tenant')
    await page.getByLabel('Audiences').fill('sts.amazonaws.com\nother-client')
    await page.getByLabel('Thumbprints - optional').fill(`${print.slice(1)}g`)
    await page.getByText('A thumbprint has 40 hexadecimal digits.').waitFor()
    await page.getByLabel('Thumbprints - optional').fill(print)
    await look(page, 'provider-create-oidc')
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByRole('heading', { name: 'idp.example.com/tenant', level: 1 }).waitFor()
    const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/idp.example.com/tenant`
    const shown = () => console.aws('iam', 'GetOpenIDConnectProvider', { OpenIDConnectProviderArn })
    expect(membersOf((await shown()).body)).toEqual(['sts.amazonaws.com', 'other-client', print])

    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Edit audiences' }).click()
    await dialog.getByLabel('Audiences').fill('other-client\nthird-client')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('listitem').filter({ hasText: 'third-client' }).waitFor()
    await page.getByRole('button', { name: 'Edit thumbprints' }).click()
    await dialog.getByLabel('Thumbprints').fill('')
    await dialog.getByText('At least one.').waitFor()
    await dialog.getByLabel('Thumbprints').fill(otherPrint)
    await look(page, 'provider-thumbprints')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('listitem').filter({ hasText: otherPrint }).waitFor()
    expect(membersOf((await shown()).body)).toEqual(['other-client', 'third-client', otherPrint])

    await page.getByRole('button', { name: 'Manage tags' }).click()
    await dialog.getByRole('button', { name: 'Add new tag' }).click()
    await dialog.getByLabel('Key of tag 1').fill('team')
    await dialog.getByLabel('Value of tag 1').fill('ops')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('row', { name: 'team ops' }).waitFor()
    expect((await console.aws('iam', 'ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn })).text('Key')).toBe(
      'team',
    )
    await look(page, 'provider-oidc')

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByLabel(/To confirm/).fill('idp.example.com/tenant')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('There is no identity provider yet').waitFor()
    await expect(shown()).rejects.toThrow(/NoSuchEntity/)
  })

  test('of SAML are added from a file, and by pasting; replaced, and deleted from the list', async () => {
    const [first, second] = [metadataOf(certificateOf()), metadataOf(certificateOf(), 'https://other.example.com/saml')]
    const page = await console.signedIn('admin', '/providers/create')
    await page.getByRole('radio', { name: /SAML/ }).check()
    await page.getByLabel('Provider name').fill('not a name')
    await page.getByText('Letters, digits, and . _ - only.').waitFor()
    await page.getByLabel('Provider name').fill('Okta')
    const file = { name: 'metadata.xml', mimeType: 'application/xml', buffer: Buffer.from(first) }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByLabel('Or paste it').filter({ hasText: 'EntityDescriptor' }).waitFor()
    await look(page, 'provider-create-saml')
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByRole('heading', { name: 'Okta', level: 1 }).waitFor()
    const shown = (name: string) =>
      console.aws('iam', 'GetSAMLProvider', { SAMLProviderArn: `arn:aws:iam::${account}:saml-provider/${name}` })
    expect(unescapeXml((await shown('Okta')).text('SAMLMetadataDocument'))).toBe(first)

    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Replace metadata' }).click()
    await dialog.getByLabel('Or paste it').fill('<a/>')
    await dialog.getByText('IAM takes no document of less than').waitFor()
    await dialog.getByLabel('Or paste it').fill(`<md/>${' '.repeat(1000)}`)
    await dialog.getByRole('button', { name: 'Replace' }).click()
    await dialog.getByText(/InvalidInput/).waitFor()
    await dialog.getByLabel('Or paste it').fill(second)
    await dialog.getByRole('button', { name: 'Replace' }).click()
    await page.getByText('The metadata was replaced.').waitFor()
    expect(unescapeXml((await shown('Okta')).text('SAMLMetadataDocument'))).toBe(second)
    await page.getByRole('button', { name: 'Metadata document' }).click()
    await page.getByText('https://other.example.com/saml').waitFor()
    await look(page, 'provider-saml')

    await page.getByRole('link', { name: 'Identity providers' }).first().click()
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByRole('radio', { name: /SAML/ }).check()
    await page.getByLabel('Provider name').fill('Pasted')
    await page.getByLabel('Or paste it').fill(second)
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByRole('heading', { name: 'Pasted', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'Identity providers' }).first().click()
    await page.getByRole('link', { name: 'Pasted' }).waitFor()
    await look(page, 'providers')
    await page.getByRole('radio', { name: /saml-provider.Okta$/ }).check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByLabel(/To confirm/).fill('Okta')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Okta was deleted.').waitFor()
    await expect(shown('Okta')).rejects.toThrow(/NoSuchEntity/)
    expect((await shown('Pasted')).status).toBe(200)
  }, 60_000)
})

const membersOf = (body: string) => [...body.matchAll(/<member>([^<]*)<\/member>/g)].map(([, text]) => text)

function unescapeXml(text: string): string {
  const of: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    amp: '&',
    '#xA': '\n',
    '#10': '\n',
    '#39': "'",
  }
  return text.replace(/&(#?\w+);/g, (whole, name: string) => of[name] ?? whole)
}
