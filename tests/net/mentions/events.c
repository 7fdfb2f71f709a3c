static const char *ev[] = { "subscribe_msg_popup_event", "subscribe_msg_sent_event" };
static const unsigned char k[] = {0x3c, 0x78, 0x6d, 0x6c};
