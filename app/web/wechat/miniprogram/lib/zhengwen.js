// Talks to the 政问 backend: logs in, keeps the token fresh, asks, reads. No dependency but `wx`.
//
//   const client = create({ base: 'https://…', wx })
//   client.ask('注意事项有哪些？', { session_id }).then(reply => …, problem => …)
//
// Every promise is rejected with a problem: { status, code, title, detail, retry, after }. `retry` says whether the
// same request may succeed later, `after` how many seconds later (0 where that is not known).
const { Utf8 } = require('./utf8')

const KEY = 'zhengwen.login'
const EARLY = 60 // seconds before its end a token is renewed
const TIMEOUT = 30000 // ms; WeChat allows 60 s
const OFFLINE = { status: 0, code: 'offline', title: '网络不通，请检查网络后重试。', detail: '', retry: true, after: 0 }
const UNREADABLE = { status: 0, code: 'unreadable', title: '服务的答复读不懂，请稍后重试。', detail: '', retry: true, after: 0 }

function create({ base, wx, now = () => Date.now() / 1000 }) {
  const root = base.replace(/\/+$/, '') + '/wechat/v1'
  let login = stored(wx)
  let entering = null

  // Tokens: one login at a time, however many requests wait for it.

  function token(refused) {
    if (login && login.token !== refused && now() < login.until - EARLY) return Promise.resolve(login.token)
    if (!entering) {
      entering = entered(login).then(
        (made) => { entering = null; return made.token },
        (problem) => { entering = null; throw problem }
      )
    }
    return entering
  }

  function entered(old) {
    const renewed = old
      ? call('POST', '/refresh', { body: { refresh_token: old.refresh_token } }).catch((problem) => {
          if (problem.status !== 401) throw problem
          return fresh()
        })
      : fresh()
    return renewed.then(keep)
  }

  function fresh() {
    return code(wx).then((given) => call('POST', '/login', { body: { code: given } }))
  }

  function keep(made) {
    login = { token: made.token, refresh_token: made.refresh_token, until: now() + made.expires_in }
    try {
      wx.setStorageSync(KEY, login)
    } catch (error) {
      // Without storage the login lasts as long as the app runs.
    }
    return login
  }

  // Requests.

  function call(method, path, { body, bearer } = {}) {
    return new Promise((resolve, reject) => {
      wx.request({
        url: root + path,
        method,
        data: body,
        dataType: 'text', // parsed here, as a problem has to be too: any status comes as a success
        timeout: TIMEOUT,
        header: headers(bearer),
        success: (response) => settle(response.statusCode, text(response.data), response.header, resolve, reject),
        fail: () => reject(OFFLINE)
      })
    })
  }

  function signed(work) {
    return token().then((given) =>
      work(given).catch((problem) => {
        if (problem.status !== 401) throw problem
        return token(given).then(work)
      })
    )
  }

  function authorized(method, path, body) {
    return signed((bearer) => call(method, path, { body, bearer }))
  }

  // A stream of events: `on(name, data)` for each, the whole answer at the end.

  function streamed(body, on) {
    return signed((bearer) => new Promise((resolve, reject) => {
      const reader = lines(on)
      const task = wx.request({
        url: root + '/ask/stream',
        method: 'POST',
        data: body,
        enableChunked: true,
        responseType: 'arraybuffer',
        timeout: TIMEOUT,
        header: headers(bearer),
        success: (response) => {
          // Where nothing came in chunks, everything is here.
          if (!reader.seen()) reader.pushText(text(response.data))
          reader.end()
          if (response.statusCode === 200) {
            if (reader.answer()) resolve(reader.answer())
            else reject(UNREADABLE)
          } else {
            settle(response.statusCode, reader.text(), response.header, resolve, reject)
          }
        },
        fail: () => reject(OFFLINE)
      })
      if (task && task.onChunkReceived) task.onChunkReceived((chunk) => reader.push(chunk.data))
    }))
  }

  function ask(question, options = {}) {
    return authorized('POST', '/ask', asked(question, options))
  }

  return {
    login: () => token().then(() => undefined),
    ask,
    stream: (question, options, on) => streamed(asked(question, options || {}), on),
    feedback: (answer_id, helpful, more = {}) => authorized('POST', '/feedback', { answer_id, helpful, ...more }),
    history: (limit = 20) => authorized('GET', `/history?limit=${limit}`),
    forget: () => authorized('DELETE', '/history').then((done) => { drop(); return done }),
    clause: (id) => authorized('GET', '/clauses/' + id.split('/').map(encodeURIComponent).join('/')),
    documents: () => authorized('GET', '/documents'),
    document: (id, offset = 0) => authorized('GET', `/documents/${encodeURIComponent(id)}?offset=${offset}`)
  }

  function drop() {
    login = null
    wx.removeStorageSync(KEY)
  }
}

function asked(question, options) {
  const body = { question }
  for (const name of ['session_id', 'as_of', 'document_id']) if (options[name]) body[name] = options[name]
  return body
}

function headers(bearer) {
  const made = { 'Content-Type': 'application/json' }
  if (bearer) made.Authorization = `Bearer ${bearer}`
  return made
}

function code(wx) {
  return new Promise((resolve, reject) => {
    wx.login({
      success: (given) => (given.code ? resolve(given.code) : reject(OFFLINE)),
      fail: () => reject(OFFLINE)
    })
  })
}

function stored(wx) {
  try {
    const kept = wx.getStorageSync(KEY)
    return kept && kept.token && kept.refresh_token ? kept : null
  } catch (error) {
    return null
  }
}

// Lines of JSON out of chunks of bytes.
function lines(on) {
  const decoder = new Utf8()
  let whole = ''
  let rest = ''
  let begun = false
  let answer = null

  function take(text) {
    whole += text
    rest += text
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      tell(rest.slice(0, end))
      rest = rest.slice(end + 1)
    }
  }

  function tell(line) {
    const event = parsed(line)
    if (!event || !event.event) return
    if (event.event === 'done') answer = event.data
    if (on) on(event.event, event.data)
  }

  return {
    push: (data) => { begun = true; take(decoder.push(data)) },
    pushText: take,
    end: () => { take(decoder.end() + '\n') },
    seen: () => begun,
    text: () => whole,
    answer: () => answer
  }
}

function settle(status, content, header, resolve, reject) {
  const body = parsed(content)
  if (status >= 200 && status < 300 && body) resolve(body)
  else reject(problem(status, body, header))
}

function problem(status, body, header) {
  if (status >= 200 && status < 300) return { ...UNREADABLE, status }
  const known = body && body.title ? body : { code: 'http_' + status, title: '服务暂时不能使用，请稍后重试。', detail: '' }
  const after = Number(find(header, 'retry-after')) || 0
  return {
    status,
    code: known.code,
    title: known.title,
    detail: known.detail || '',
    retry: status >= 500 || status === 429 || status === 408,
    after
  }
}

function find(header, name) {
  const found = Object.keys(header || {}).find((each) => each.toLowerCase() === name)
  return found ? header[found] : undefined
}

function parsed(content) {
  try {
    const value = JSON.parse(content)
    return value && typeof value === 'object' ? value : null
  } catch (error) {
    return null
  }
}

function text(data) {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) {
    const decoder = new Utf8()
    return decoder.push(data) + decoder.end()
  }
  return JSON.stringify(data === undefined ? null : data)
}

module.exports = { create }
