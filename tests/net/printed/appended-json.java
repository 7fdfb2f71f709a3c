StringBuilder sb = new StringBuilder();
sb.append("{\n");
sb.append("  \"ToUserName\": \"gh_8c1f20e7d5ab\",\n");
sb.append("  \"FromUserName\": \"oQx7d4Lk2mNw9ZrT5vYc8HbJ3fPs\",\n");
sb.append("  \"CreateTime\": 1610969440,\n");
sb.append("  \"MsgType\": \"event\",\n");
sb.append("  \"Event\": \"subscribe_msg_popup_event\",\n");
sb.append("  \"List\": [{\"TemplateId\": \"t7KqLm2Nw9ZrT5vYc8HbJ3fPsX1dG6aEuRo4iMyQbVk\", \"SubscribeStatusString\": \"accept\", \"PopupScene\": \"2\"}]\n");
sb.append("}\n");
