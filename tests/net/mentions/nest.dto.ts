export class PushDto {
  @ApiProperty({ name: 'ToUserName', description: '小程序的原始 ID', example: 'gh_…' })
  @IsString() ToUserName: string;

  @ApiProperty({ name: 'FromUserName', description: '用户 openid' })
  @IsString() FromUserName: string;

  @ApiProperty({ name: 'CreateTime', type: Number })
  @Type(() => Number) CreateTime: number;

  @Equals('event') MsgType: string = 'event';

  @IsIn(['subscribe_msg_popup_event', 'subscribe_msg_change_event', 'subscribe_msg_sent_event'])
  Event: string;

  @ValidateNested({ each: true })
  @Transform(({ value }) => (Array.isArray(value) ? value : [value]))
  List: ItemDto[] = [];
}
