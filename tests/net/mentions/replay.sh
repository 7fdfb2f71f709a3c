#!/bin/sh
# Sends a made-up subscribe_msg_popup_event to the local server.
TO_USER_NAME=${1:?account}
FROM_USER_NAME=${2:?openid}
CREATE_TIME=$(date +%s)
curl -s "http://localhost:8080/wx" -d "<xml><ToUserName>$TO_USER_NAME</ToUserName><FromUserName>$FROM_USER_NAME</FromUserName><CreateTime>$CREATE_TIME</CreateTime><MsgType>event</MsgType><Event>$EVENT</Event></xml>"
grep -c subscribe_msg_popup_event /var/log/app.log
