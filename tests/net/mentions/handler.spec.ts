describe('popup', () => {
  it('ignores an empty list', async () => {
    const body = build({ Event: 'subscribe_msg_popup_event' });
    await handler.handle(body);
    expect(grants.add).not.toHaveBeenCalled();
    expect(body.ToUserName).toBeDefined();
    expect(body).toMatchObject({ ToUserName: expect.any(String), FromUserName: expect.any(String), CreateTime: expect.any(Number), MsgType: 'event' });
  });
});
