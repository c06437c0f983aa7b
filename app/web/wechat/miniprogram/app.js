const config = require('./config')
const { create } = require('./lib/zhengwen')
const { sizes } = require('./lib/view')

App({
  onLaunch() {
    this.client = create({ base: config.base, wx })
    this.large = wx.getStorageSync('zhengwen.large') === true
    // A question that another page wants asked: tab pages take no parameters.
    this.pending = null
  },

  setLarge(large) {
    this.large = large
    wx.setStorageSync('zhengwen.large', large)
  },

  // The size of 1rem: the one WeChat is set to, a third larger where the person wants large text.
  fontSize() {
    const info = wx.getAppBaseInfo ? wx.getAppBaseInfo() : {}
    return sizes(info.fontSizeSetting, this.large)
  }
})
