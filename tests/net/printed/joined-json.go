body := "{\"ToUserName\":\"gh_5d0c7be19a42\"," +
	"\"FromUserName\":\"oWx3b5Tq0nRkF7uYhLs9aVmPzE1c\"," +
	"\"CreateTime\":1762040403," +
	"\"MsgType\":\"event\"," +
	"\"Event\":\"subscribe_msg_change_event\"," +
	"\"List\":{\"TemplateId\":\"bN4cYw8LpS1tGx6HqZ0rUdE9oKmJ2aVf7iTkX5hQ3Rs\"," +
	"\"SubscribeStatusString\":\"reject\"}}"
