class WebhooksController < ApplicationController
  skip_before_action :verify_authenticity_token

  def create
    msg = Hash.from_xml(request.body.read)['xml']
    return head :ok unless msg['MsgType'] == 'event'

    case msg['Event']
    when 'subscribe_msg_popup_event'
      Array.wrap(msg.dig('SubscribeMsgPopupEvent', 'List')).each do |item|
        Grant.create!(openid: msg['FromUserName'], account: msg['ToUserName'], template_id: item['TemplateId'],
                      status: item['SubscribeStatusString'], popup_scene: item['PopupScene'].to_i, at: Time.at(msg['CreateTime'].to_i))
      end
    when 'subscribe_msg_sent_event'
      Send.where(msg_id: msg['List']['MsgID']).update_all(error_code: msg['List']['ErrorCode'])
    end
    render plain: 'success'
  end
end
