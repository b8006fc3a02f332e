/*
 * A browser without a window: opens the address that it is given, signs in with the password of WALKER, allows (or denies) what is
 * asked for, and follows the way back to the program. `BROWSER=node walking-browser.mjs`.
 */
const [address] = process.argv.slice(2)
const [userName, password, step = 'allow'] = JSON.parse(process.env.WALKER)
const cookies = new Map()

async function open(url, form) {
  const response = await fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(form === undefined
        ? {}
        : { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  })
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
    cookies.set(name, value)
  }
  const next = response.headers.get('location')
  return next === null ? { url, body: await response.text() } : await open(new URL(next, url).href)
}

const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&#x2F;', '/').replaceAll('&quot;', '"')
const actionOf = ({ url, body }) => new URL(unescaped(/<form[^>]* action="([^"]*)"/.exec(body)[1]), url).href
const hiddenOf = ({ body }) => {
  const form = /<form[\s\S]*?<\/form>/.exec(body)[0]
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      unescaped(value),
    ]),
  )
}

const signIn = await open(address)
const asked = await open(actionOf(signIn), {
  ...hiddenOf(signIn),
  username: userName,
  password,
  code: '',
  step: 'sign-in',
})
await open(actionOf(asked), { ...hiddenOf(asked), step })
