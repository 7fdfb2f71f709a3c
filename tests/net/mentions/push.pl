my %on = ('subscribe_msg_popup_event' => \&popup, 'subscribe_msg_sent_event' => \&sent);
my $reply = { ToUserName => $msg->{FromUserName}, FromUserName => $msg->{ToUserName}, CreateTime => time, MsgType => 'text' };
for my $item (@{ $msg->{List} }) { $on{$msg->{Event}}->($item->{TemplateId}, $item->{SubscribeStatusString}) }
