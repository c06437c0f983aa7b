const config = require('../../config')

const app = getApp()

Page({
  data: { name: config.name, issuer: config.issuer, phone: config.phone, large: false, fontSize: 16 },

  onShow() {
    this.setData({ large: app.large, fontSize: app.fontSize() })
  },

  enlarge(event) {
    app.setLarge(event.detail.value)
    this.onShow()
  },

  read() {
    if (wx.openPrivacyContract) wx.openPrivacyContract({})
    else wx.showToast({ title: '请更新微信后查看', icon: 'none' })
  },

  dial() {
    wx.makePhoneCall({ phoneNumber: config.phone })
  }
})
