// WeChat's `wx` and its page loader, as far as the mini-program uses them.
const http = require('node:http')
const path = require('node:path')

const ROOT = path.resolve(__dirname, '../../../../app/web/wechat/miniprogram')
const load = (name) => require(path.join(ROOT, name))

function storage() {
  const kept = new Map()
  return {
    getStorageSync: (key) => (kept.has(key) ? kept.get(key) : ''),
    setStorageSync: (key, value) => kept.set(key, JSON.parse(JSON.stringify(value))),
    removeStorageSync: (key) => kept.delete(key)
  }
}

// A wx whose requests are answered by `answer(options)`: { status, body, header, chunks } or null for no network.
function scripted(answer, codes = () => 'code-anna') {
  const wx = {
    ...storage(),
    requests: [],
    login: ({ success, fail }) => later(() => { const code = codes(); code ? success({ code }) : fail({}) }),
    request(options) {
      wx.requests.push(options)
      let received = null
      later(() => {
        const said = answer(options)
        if (!said) return options.fail({ errMsg: 'request:fail' })
        for (const chunk of said.chunks || []) received && received({ data: chunk })
        const body = said.body === undefined ? '' : typeof said.body === 'string' ? said.body : JSON.stringify(said.body)
        options.success({ statusCode: said.status, data: body, header: said.header || {} })
      })
      return { onChunkReceived: (take) => { received = take } }
    }
  }
  return wx
}

// A wx whose requests go out over HTTP, and whose chunks are cut into pieces of a few bytes.
function live(code) {
  return {
    ...storage(),
    login: ({ success }) => success({ code: code() }),
    request(options) {
      const chunks = []
      const body = options.data === undefined ? null : Buffer.from(JSON.stringify(options.data))
      const sent = http.request(options.url, { method: options.method, headers: options.header, agent: false }, (response) => {
        const whole = []
        let size = 1
        response.on('data', (data) => {
          whole.push(data)
          for (let at = 0; at < data.length; at += size, size = size % 7 + 1) {
            for (const take of chunks) take({ data: Uint8Array.from(data.subarray(at, at + size)).buffer })
          }
        })
        response.on('end', () => options.success({
          statusCode: response.statusCode,
          header: response.headers,
          data: chunks.length ? '' : Buffer.concat(whole).toString()
        }))
      })
      sent.on('error', () => options.fail({}))
      sent.end(body)
      return options.enableChunked ? { onChunkReceived: (take) => chunks.push(take) } : {}
    }
  }
}

// A page as WeChat would run it: its data, its handlers, and `setData` with paths such as turns[0].
function page(name, app, wx) {
  let made = null
  global.getApp = () => app
  global.wx = wx
  global.Page = (given) => { made = given }
  const file = path.join(ROOT, `pages/${name}/${name}.js`)
  delete require.cache[file]
  require(file)
  made.data = JSON.parse(JSON.stringify(made.data))
  made.setData = (more) => Object.entries(more).forEach(([key, value]) => assign(made.data, key, value))
  made.selectComponent = () => ({ ask: (done) => done(app.agreed !== false) })
  return made
}

function assign(data, key, value) {
  const found = /^(\w+)\[(\d+)\]$/.exec(key)
  if (found) data[found[1]][Number(found[2])] = value
  else data[key] = value
}

const later = (work) => setTimeout(work, 0)

module.exports = { ROOT, load, scripted, live, page }
