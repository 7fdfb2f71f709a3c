FactoryBot.define do
  # subscribe_msg_sent_event
  factory :push, class: Hash do
    ToUserName { account }
    FromUserName { openid }
    CreateTime { Time.now.to_i }
    MsgType { 'event' }
    Event { 'subscribe_msg_sent_event' }
    List { [{ 'TemplateId' => template, 'MsgID' => sequence, 'ErrorCode' => 0 }] }
    initialize_with { attributes }
  end
end
