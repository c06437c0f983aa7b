const test = require('node:test')
const assert = require('node:assert')
const { load, scripted } = require('./shim')

const { create } = load('lib/zhengwen')
const BASE = 'https://policy.example.gov.cn'
const REPLY = { answer_id: 'a', session_id: 's', status: 'answered', text: '专款专用。', citations: [] }

const tokens = (number) => ({ token: `token-${number}`, refresh_token: `refresh-${number}`, expires_in: 7200 })
const bearer = (options) => (options.header.Authorization || '').replace('Bearer ', '')
const path = (options) => options.url.replace(`${BASE}/wechat/v1`, '')

// A backend that knows some tokens, and counts what it gave out.
function backend(more = {}) {
  const state = { made: 0, good: new Set(), refresh: new Set(), ...more }
  state.answer = (options) => {
    if (path(options) === '/login' || path(options) === '/refresh') {
      if (path(options) === '/refresh' && !state.refresh.delete(options.data.refresh_token)) {
        return { status: 401, body: { code: 'login_expired', title: '登录已过期，请重新登录。', detail: '' } }
      }
      state.made += 1
      const made = tokens(state.made)
      state.good.add(made.token)
      state.refresh.add(made.refresh_token)
      return { status: 200, body: made }
    }
    if (!state.good.has(bearer(options))) return { status: 401, body: { code: 'login_expired', title: '登录已过期，请重新登录。' } }
    return state.then ? state.then(options) : { status: 200, body: REPLY }
  }
  return state
}

const lines = (...events) => events.map(([event, data]) => JSON.stringify({ event, data }) + '\n').join('')
const STREAM = lines(['status', { status: 'answered' }], ['text', { text: '（一）材料真实\n' }], ['text', { text: '𠮷👨‍👩‍👧' }], ['done', REPLY])

function cut(text, size) {
  const bytes = new TextEncoder().encode(text)
  const made = []
  for (let at = 0; at < bytes.length; at += size) made.push(bytes.slice(at, at + size).buffer)
  return made
}

test('a question logs in first, and the token is kept for the next', async () => {
  const state = backend()
  const wx = scripted(state.answer)
  const client = create({ base: BASE + '/', wx })
  assert.deepEqual(await client.ask('注意事项有哪些？', { session_id: 's', as_of: '', document_id: undefined }), REPLY)
  await client.ask('第二项呢？')
  assert.deepEqual(wx.requests.map(path), ['/login', '/ask', '/ask'])
  assert.deepEqual(wx.requests[1].data, { question: '注意事项有哪些？', session_id: 's' })
  await create({ base: BASE, wx }).ask('重启以后')
  assert.equal(state.made, 1)
})

test('many requests at once log in once', async () => {
  const state = backend()
  const client = create({ base: BASE, wx: scripted(state.answer) })
  await Promise.all(Array.from({ length: 8 }, () => client.ask('甲')))
  assert.equal(state.made, 1)
})

test('a token is renewed before its end', async () => {
  const state = backend()
  let clock = 0
  const wx = scripted(state.answer)
  const client = create({ base: BASE, wx, now: () => clock })
  await client.ask('甲')
  clock = 7200 - 59
  await client.ask('乙')
  assert.deepEqual(wx.requests.map(path), ['/login', '/ask', '/refresh', '/ask'])
})

test('a token that is refused is renewed once, by login where the refresh token is refused too', async () => {
  const state = backend()
  const wx = scripted(state.answer)
  const client = create({ base: BASE, wx })
  await client.ask('甲')
  state.good.clear()
  await client.ask('乙')
  state.good.clear()
  state.refresh.clear()
  await client.ask('丙')
  assert.deepEqual(wx.requests.map(path), ['/login', '/ask', '/ask', '/refresh', '/ask', '/ask', '/refresh', '/login', '/ask'])
})

test('a backend that refuses every token is not asked for ever', async () => {
  const state = backend()
  state.good.add = () => {}
  const wx = scripted(state.answer)
  await assert.rejects(create({ base: BASE, wx }).ask('甲'), { status: 401, retry: false })
  assert.equal(wx.requests.filter((each) => path(each) === '/ask').length, 2)
})

test('problems carry the words of the backend and whether to try again', async () => {
  const cases = [
    [{ status: 422, body: { code: 'blank_question', title: '没有读到问题。', detail: '细节' } }, { code: 'blank_question', title: '没有读到问题。', detail: '细节', retry: false }],
    [{ status: 429, body: { code: 'too_many_requests', title: '问得太快了。' }, header: { 'Retry-After': '30' } }, { code: 'too_many_requests', retry: true, after: 30 }],
    [{ status: 503, body: { code: 'not_ready', title: '正在准备。' }, header: { 'retry-after': '2' } }, { retry: true, after: 2 }],
    [{ status: 502, body: '<html>' }, { code: 'http_502', retry: true }],
    [{ status: 200, body: '<html>' }, { code: 'unreadable', retry: true }],
    [null, { code: 'offline', retry: true }]
  ]
  for (const [said, wanted] of cases) {
    const state = backend({ then: () => said })
    await assert.rejects(create({ base: BASE, wx: scripted(state.answer) }).ask('甲'), wanted)
  }
})

test('no code from WeChat is a problem to try again, and is tried again', async () => {
  let code = ''
  const state = backend()
  const client = create({ base: BASE, wx: scripted(state.answer, () => code) })
  await assert.rejects(client.ask('甲'), { code: 'offline', retry: true })
  code = 'code-anna'
  assert.deepEqual(await client.ask('甲'), REPLY)
})

test('the stream is put together however its bytes are cut', async () => {
  for (const size of [1, 2, 3, 5, 1000]) {
    const state = backend({ then: () => ({ status: 200, chunks: cut(STREAM, size) }) })
    const told = []
    const client = create({ base: BASE, wx: scripted(state.answer) })
    assert.deepEqual(await client.stream('甲', {}, (name, data) => told.push([name, data])), REPLY)
    assert.deepEqual(told.map(([name]) => name), ['status', 'text', 'text', 'done'])
    assert.equal(told[1][1].text + told[2][1].text, '（一）材料真实\n𠮷👨‍👩‍👧')
  }
})

test('where WeChat does not do chunks, the stream comes in one piece', async () => {
  const state = backend({ then: () => ({ status: 200, body: STREAM }) })
  assert.deepEqual(await create({ base: BASE, wx: scripted(state.answer) }).stream('甲'), REPLY)
})

test('a stream that is refused or breaks off is a problem', async () => {
  const refused = JSON.stringify({ code: 'blank_question', title: '没有读到问题。', detail: '' })
  let state = backend({ then: () => ({ status: 422, chunks: cut(refused, 2) }) })
  await assert.rejects(create({ base: BASE, wx: scripted(state.answer) }).stream('？'), { status: 422, code: 'blank_question' })
  state = backend({ then: () => ({ status: 200, chunks: cut(STREAM.slice(0, 40), 3) }) })
  await assert.rejects(create({ base: BASE, wx: scripted(state.answer) }).stream('甲'), { code: 'unreadable', retry: true })
})

test('a stream whose token is refused is asked for once more', async () => {
  const state = backend({ then: () => ({ status: 200, chunks: cut(STREAM, 4) }) })
  const client = create({ base: BASE, wx: scripted(state.answer) })
  await client.login()
  state.good.clear()
  assert.deepEqual(await client.stream('甲'), REPLY)
})

test('what was asked can be removed, and the login with it', async () => {
  const state = backend()
  const wx = scripted(state.answer)
  const client = create({ base: BASE, wx })
  await client.ask('甲')
  await client.forget()
  assert.equal(wx.getStorageSync('zhengwen.login'), '')
  await client.ask('乙')
  assert.equal(state.made, 2)
})

test('ids with any characters stay within their path', async () => {
  const wx = scripted(backend().answer)
  const client = create({ base: BASE, wx })
  await client.clause('a/b 条?#')
  await client.document('甲/乙', 3)
  assert.deepEqual(wx.requests.slice(1).map(path), ['/clauses/a/b%20%E6%9D%A1%3F%23', '/documents/%E7%94%B2%2F%E4%B9%99?offset=3'])
})
